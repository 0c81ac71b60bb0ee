"""What members do with what came of a request: they ask for it again with other words, late, or for somebody else's."""

import contextlib
import random

from sandbox.discord import Actor, ClientRefused, InteractionFailed, SeenButton, SeenMessage, ShownModal
from simulation.people.clients import Act, asked_by, asked_in, follow, note, prompt, usable
from simulation.world import World

MARKERS = (*[""] * 8, "[fail] ", "[refuse] ", "[slow] ", "gore ")

REPEATS = "repeat:"
"""How the custom ids begin of the buttons under a job's card that ask for more."""


async def change(world: World, who: Actor, dice: random.Random) -> bool:
    """Open the form under some request, one's own or not, and send it with another prompt.

    *Again* would ask with the same prompt, by which the bill is held against the requests: it is not pressed here.
    """
    asked = asked_by(world, who) if dice.random() < 0.8 else asked_in(world, who)
    offered = [used for used in asked if _changes(used.message)]
    if not offered:
        return False
    message = dice.choice(offered).message
    assert message is not None
    button = _changes(message)[0]
    note(world, who, f"presses {button.custom_id}")
    with contextlib.suppress(ClientRefused, InteractionFailed):
        opened = await who.press(message, button.custom_id)
        if isinstance(await opened.response(), ShownModal):
            words = prompt(world, who, dice.choice(MARKERS))
            used = await who.submit_modal(opened, {"prompt": words})
            world.wishes.prompts[used.interaction_id] = words
            world.take_note(used, who, words)
            if dice.random() < 0.1:
                world.discord.redeliver(used)
            await follow(world, who, used, dice)
    return True


def _changes(message: SeenMessage | None) -> list[SeenButton]:
    """Return the buttons that open the form: an edit has none, which can only be made again as it was."""
    return [one for one in usable(message, REPEATS) if ":change" in one.custom_id]


ACTS: dict[Act, int] = {change: 4}
"""What may be done, and how often compared with the others."""
