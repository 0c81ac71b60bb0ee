"""What members do: they ask for pictures, change their minds, press what is there, leave and come back."""

import asyncio
import random

from bot.domain.requests.catalogue import BUILT_IN
from sandbox.discord import DIRECT, Actor, MemberFile, Used
from simulation.people.clients import (
    Act,
    answer,
    appeal_after,
    asked_by,
    asked_in,
    follow,
    note,
    press_of,
    prompt,
    usable,
)
from simulation.people.pictures import NO_PICTURE, picture
from simulation.people.repeaters import REPEATS
from simulation.servers import PLACES, SYNCHRONOUS
from simulation.world import World

MODELS = (*(name for name, model in BUILT_IN.items() if model.is_offered), SYNCHRONOUS)
DAYS_WITH_PICTURES, HANDS_IN, BROKEN = 0.3, 0.7, 0.15
"""On how many days people hand pictures in, how often then to a model that takes them, and how often it is none."""

MARKERS = (*[""] * 12, "[fail] ", "[refuse] ", "[partial] ", "[slow] ", "gore ")
"""What prompts begin with; the last is a word that moderators come to forbid."""


IS_HELD = "SELECT 1 FROM jobs WHERE id = ?"
REMOVED = "SELECT number FROM jobs WHERE server_id = ? AND deleted_ms > 0 ORDER BY id"
UNDELIVERED = """
SELECT id, number FROM jobs JOIN members ON members.account_id = jobs.account_id
WHERE state = 'undelivered' AND discord_id = ? AND server_id = ? ORDER BY id
"""


async def ask(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask for pictures, and look at the answer; now and then change one's mind."""
    used = await _ask(world, who, dice)
    if dice.random() < 0.05:
        world.discord.redeliver(used)
    await follow(world, who, used, dice)
    return True


async def _ask(world: World, who: Actor, dice: random.Random, marker: str | None = None, count: int = 0) -> Used:
    words = prompt(world, who, dice.choice(MARKERS) if marker is None else marker)
    model = dice.choice(MODELS)
    given = _picture(world, words) if BUILT_IN[model].pictures is not None else None
    return await world.ask(
        who,
        words,
        command="edit" if given else "imagine",
        model=model,
        count=count or dice.choice((1, 1, 2, 3, 4)),
        private=dice.random() < 0.2,
        place=dice.choice(PLACES),
        **({"picture": given} if given else {}),
    )


def _picture(world: World, words: str) -> MemberFile | None:
    """Return what somebody hands in with a request, as they do on some days; now and then it is no picture."""
    if world.turns.dice("pictures").random() > DAYS_WITH_PICTURES:
        return None
    # By dice of its own: whatever else is asked for stays as it is.
    dice = random.Random(words)
    if dice.random() > HANDS_IN:
        return None
    return NO_PICTURE if dice.random() < BROKEN else picture(dice, (240, dice.randint(240, 480)))


async def appeal(world: World, who: Actor, dice: random.Random) -> bool:
    """Appeal against a block that one has met, be it lifted or not."""
    refused = [used for used in asked_by(world, who) if usable(used.message, "appeal:")]
    return bool(refused) and await appeal_after(world, who, dice.choice(refused))


async def rush(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask for more at once than a day allows."""
    model = dice.choice(MODELS)
    asked = [await world.ask(who, prompt(world, who, ""), model=model, count=4) for _ in range(3)]
    await asyncio.gather(*(used.response() for used in asked), return_exceptions=True)
    return True


async def twice(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask a second time before the first is answered."""
    asked = [await _ask(world, who, dice) for _ in range(2)]
    await asyncio.gather(*(used.response() for used in asked), return_exceptions=True)
    return True


async def meddle(world: World, who: Actor, dice: random.Random) -> bool:
    """Press what belongs to somebody else."""
    others = [used for used in asked_in(world, who) if used.interaction.user is not who.user and _is_public(used)]
    if others:
        await press_of(world, who, others[-1], dice.choice(("Cancel", "Delete")))
    return bool(others)


def _is_public(used: Used) -> bool:
    return used.message is not None and not used.message.ephemeral and bool(used.message.buttons)


async def press_old(world: World, who: Actor, dice: random.Random) -> bool:
    """Press whatever button an answer has that may be hours old, of an earlier life of the bot.

    But those that ask for the same prompt again: the bill is held against the prompts.
    """
    old = [(used, button) for used in asked_by(world, who)[:-1] for button in usable(used.message)]
    old = [(used, button.custom_id) for used, button in old if not button.custom_id.startswith(REPEATS)]
    if old:
        await press_of(world, who, *dice.choice(old))
    return bool(old)


async def delete(world: World, who: Actor, dice: random.Random) -> bool:
    """Delete pictures that one has had for a while."""
    made = [used for used in asked_by(world, who) if used.message is not None and used.message.gallery]
    if made:
        await press_of(world, who, dice.choice(made), "Delete")
    return bool(made)


async def look(world: World, who: Actor, dice: random.Random) -> bool:
    """Look where one stands, and at some request, one's own or not, removed or not, also in direct messages."""
    command = dice.choice(("balance", "history", "job", "job"))
    removed = [row["number"] for row in world.rows(REMOVED, who.guild.id if who.guild else 0)]
    number = dice.choice(removed) if removed and dice.random() < 0.5 else dice.randint(1, 12)
    options = {"number": number} if command == "job" else {}
    await answer(world, who, command, options, place=dice.choice((PLACES[0], DIRECT)))
    return True


async def insist(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask again and again with words that may be forbidden, until one has to wait."""
    model = dice.choice(MODELS)
    for _ in range(7):
        used = await world.ask(who, prompt(world, who, "gore blood "), model=model)
        await used.response()
        if world.rows(IS_HELD, used.interaction_id):
            break
        await asyncio.sleep(dice.uniform(1, 30))
    return True


async def fetch(world: World, who: Actor, dice: random.Random) -> bool:
    """Have pictures sent again that could not be delivered: where they belong or where /job shows them, also twice."""
    made = world.rows(UNDELIVERED, who.id, who.guild.id if who.guild else 0)
    if not made:
        return False
    row = dice.choice(made)
    own = [used.message for used in asked_by(world, who) if used.interaction_id == row["id"]]
    shown = own[0] if own and usable(own[0], "job:") and dice.random() < 0.5 else None
    shown = shown or await answer(world, who, "job", {"number": row["number"]})
    key = f"job:{row['id']}:send"
    note(world, who, f"presses {key}")
    for _ in range(dice.choice((1, 2))):
        await who.press(shown, key, force=True)
    return True


async def leave(world: World, who: Actor, dice: random.Random) -> bool:
    """Leave the server, half of the time with a request under way, and come back later."""
    guild = who.guild
    assert guild is not None
    if dice.random() < 0.5:
        await (await _ask(world, who, dice, "[slow] ")).response()
    note(world, who, "leaves")
    guild.remove_member(who.user.name)
    try:
        await asyncio.sleep(dice.uniform(5, 3600))
    finally:
        note(world, who, "comes back")
        guild.add_member(who.user.name)
    return True


ACTS: dict[Act, int] = {
    ask: 14,
    rush: 2,
    twice: 2,
    meddle: 2,
    press_old: 3,
    delete: 3,
    look: 2,
    leave: 2,
    appeal: 2,
    insist: 1,
    fetch: 3,
}
"""What may be done, and how often compared with the others."""
