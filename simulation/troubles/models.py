"""What the vendor does with its models: it says when one goes offline, lists one no more, and lists it again."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from bot.domain.requests.listing import WARNED_DAYS
from bot.domain.requests.model import VENDOR_ZONE
from sandbox.dashscope import Outcome
from sandbox.dashscope.checks import Order
from sandbox.dashscope.refusals import MODEL_NOT_FOUND
from simulation.servers import FUNCTIONAL, SYNCHRONOUS
from simulation.world import Retirement, World

MODELS = ("wan2.2-t2i-flash", "wan2.7-image", "wan2.7-image-pro", FUNCTIONAL, SYNCHRONOUS)
NOTICE_DAYS = (2.5, 20.0, 60.0)
"""The program tells of it thirty days ahead, and once more in the last three."""

GONE_S = (1200.0, 14_400.0)


async def retire(world: World, dice: random.Random) -> None:
    """Let the vendor say when a model goes offline, and at times list it no more for hours; the bot asks at a start."""
    model = dice.choice(MODELS)
    if model in world.vendor.offline_times or model in world.vendor.unlisted:
        # Somebody's word on it ends another's.
        return
    await _announce(world, model, dice.choice(NOTICE_DAYS), dice.uniform(60, 7200))
    if dice.random() < 0.7:
        await _be_gone(world, model, dice.uniform(*GONE_S), refuses=dice.random() < 0.6)


async def lose_text(world: World, dice: random.Random) -> None:
    """Let the vendor list the model that rewrites prompts no more for hours; it answers all the same."""
    rewriting = world.config.rewriting
    if rewriting is not None and rewriting.model not in world.vendor.unlisted:
        await _be_gone(world, rewriting.model, dice.uniform(*GONE_S), refuses=False)


async def _announce(world: World, model: str, days: float, seconds: float) -> None:
    end = datetime.fromtimestamp(world.vendor_clock.now_ms() / 1000, UTC).astimezone(VENDOR_ZONE) + timedelta(days)
    world.trace.add("vendor", f"lets {model} go offline on {end:%Y-%m-%d}")
    world.vendor.offline_times[model] = f"{end:%Y-%m-%d %H:%M:%S}"
    word = Retirement(model, f"{end:%Y-%m-%d}", days < WARNED_DAYS, world.loop.time())
    world.retirements.append(word)
    await _restart(world)
    await asyncio.sleep(seconds)
    world.vendor.offline_times.pop(model, None)
    word.until_s = min(word.until_s, world.loop.time())


async def _be_gone(world: World, model: str, seconds: float, *, refuses: bool) -> None:
    """List a model no more; whether it draws for all that is another thing."""
    world.trace.add("vendor", f"lists {model} no more, refuses it {refuses}")
    world.vendor.unlisted.add(model)
    absence = Retirement(model, "", True, world.loop.time())
    world.retirements.append(absence)

    def is_refused(order: Order) -> bool:
        return refuses and order.model.name == model and model in world.vendor.unlisted

    world.vendor.outcome_for(is_refused, Outcome(refuse=MODEL_NOT_FOUND))
    await _restart(world)
    await asyncio.sleep(seconds)
    world.trace.add("vendor", f"lists {model} again")
    world.vendor.unlisted.discard(model)
    absence.until_s = min(absence.until_s, world.loop.time())
    await _restart(world)


async def _restart(world: World) -> None:
    """End the bot, which its operator starts again: by then it is asked what is listed, else once a day."""
    if not world.bot.is_over:
        world.bot.stop.set()
