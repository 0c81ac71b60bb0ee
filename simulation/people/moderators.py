"""What moderators do: they block, remove, forbid words, decide about appeals, and press what the log channel offers."""

import asyncio
import random
import re

from sandbox.discord import Actor
from simulation.people.clients import Act, answer, asked_in, cast, note, posted, press, press_any, usable
from simulation.world import World

NUMBER = re.compile(r"#(\d+)")
PERIODS = ("10m", "4h", "8h", "1d", "")
"""How long a block lasts; the last is for good."""


async def block(world: World, who: Actor, dice: random.Random) -> bool:
    """Keep a member from asking."""
    options = {"member": dice.choice(cast(who).members), "reason": "spam"}
    if duration := dice.choice(PERIODS):
        options["duration"] = duration
    await answer(world, who, "mod block", options)
    return True


async def unblock(world: World, who: Actor, dice: random.Random) -> bool:
    """Let a member ask again."""
    await answer(world, who, "mod unblock", {"member": dice.choice(cast(who).members)})
    return True


async def remove(world: World, who: Actor, dice: random.Random) -> bool:
    """Remove somebody's pictures, or leave it at the question; admins give their charge back or not, others ask."""
    number = number_of_some_pictures(world, who, dice)
    if not number:
        return False
    options = {"number": number, "reason": "not here"}
    questions = [await answer(world, who, "mod remove", options) for _ in range(dice.choice((1, 1, 1, 2)))]
    if dice.random() < 0.15:
        note(world, who, "leaves the question open")
        return True
    is_done = False
    for question in questions:
        offered = usable(question, "mod:")
        is_done = bool(offered) and await press(who, question, dice.choice(offered).custom_id)
    return is_done


async def reconsider(world: World, who: Actor, dice: random.Random) -> bool:
    """Answer a question about pictures that was left open, whatever has become of them."""
    return await press_any(world, who, dice, "mod:take:", "mod:ask:", "mod:refund:")


def number_of_some_pictures(world: World, who: Actor, dice: random.Random) -> int:
    """Return the number of a job whose pictures everybody sees in this server; 0 if there are none."""
    made = [used for used in asked_in(world, who) if used.message is not None and used.message.gallery]
    # What admins have asked for themselves is dealt with by other rules, and there is little of it.
    of_admins = [used for used in made if used.interaction.user.name in cast(who).admins]
    if of_admins and dice.random() < 0.3:
        made = of_admins
    messages = [used.message for used in made if used.message is not None]
    numbers = [found[1] for message in messages if not message.ephemeral and (found := NUMBER.search(message.text))]
    return int(dice.choice(numbers)) if numbers else 0


async def rule(world: World, who: Actor, dice: random.Random) -> bool:
    """Forbid a word in prompts, allow it again, or change how many strikes pause a member."""
    listed = await answer(world, who, "mod rules", {})
    if listed.selects and dice.random() < 0.5:
        custom_id, values, _ = listed.selects[0]
        chosen = [dice.choice(values)]
        is_done = await press(who, listed, custom_id, values=chosen)
        if dice.random() < 0.3:
            # A client that lags behind still shows it.
            await who.press(listed, custom_id, values=chosen, force=True)
        return is_done
    what, typed = dice.choice((("word", "gore"), ("word", "blood"), ("pattern", "go+re"), ("strikes", "2")))
    return await press(who, listed, f"mod:rules:{what}", typed=typed)


async def decide(world: World, who: Actor, dice: random.Random) -> bool:
    """Decide about an appeal, half of the time while another moderator does so too."""
    open_ones = list(posted(who, "appeal:"))
    if not open_ones:
        return False
    message = open_ones[-1][0]
    names = [who.user.name]
    if dice.random() < 0.5:
        names += [name for name in (*cast(who).moderators, *cast(who).admins) if name != who.user.name][:1]
    keys = [dice.choice(usable(message, "appeal:")).custom_id for _ in names]
    note(world, who, f"decides with {names}: {keys}")
    people = [world.member(name, who.guild) for name in names]
    # A rejection asks why.
    await asyncio.gather(*(press(one, message, key, typed="not yet") for one, key in zip(people, keys, strict=True)))
    return True


async def use_feed(world: World, who: Actor, dice: random.Random) -> bool:
    """Press a button of the log channel, and answer what it asks."""
    offered = list(posted(who, "mod:remove:", "mod:pause:", "logs:job:"))
    if not offered:
        return False
    message, button = dice.choice(offered)
    note(world, who, f"presses {button.custom_id} in the log channel")
    question = await (await who.press(message, button.custom_id)).reply()
    if choices := usable(question, "mod:take:", "mod:ask:", "mod:refund:", "mod:pause-for:"):
        await press(who, question, dice.choice(choices).custom_id)
    return True


async def look(world: World, who: Actor, dice: random.Random) -> bool:
    """Look at the log, at a request of whose server ever, or at a case."""
    number = dice.randint(1, 12)
    command, options = dice.choice(
        (("logs search", {}), ("logs job", {"number": number}), ("mod case", {"number": number}))
    )
    await answer(world, who, command, options)
    return True


HELPERS_ACTS: dict[Act, int] = {decide: 2, use_feed: 3}
"""What helpers try, who may do it only while an admin wants that."""

ACTS: dict[Act, int] = {block: 4, unblock: 1, remove: 3, reconsider: 1, rule: 2, decide: 10, use_feed: 3, look: 2}
"""What may be done, and how often compared with the others."""
