"""What members do with pictures that there are: they have them edited, by functions or by words, theirs or not."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from typing import Any

from bot.domain.requests.edits import FIELDS, SIDES, Function
from sandbox.discord import Actor, InteractionFailed, SeenMessage, ShownModal, Used
from simulation.people.clients import PATIENCE_S, Act, answer, asked_in, cast, follow, note, prompt
from simulation.people.pictures import NO_PICTURE, TOO_SMALL, mask, picture
from simulation.servers import BILLS_INPUTS, PLACES, SERIES, SYNCHRONOUS
from simulation.world import World

MARKERS = (*[""] * 8, "[fail] ", "[refuse] ", "[slow] ", "gore ")
MISFITS = 0.3
"""How often somebody gives a field that the function has not, or leaves out what it needs."""

FORM_OPEN_S = (5.0, 60.0, 1800.0, 4500.0)
"""How long somebody writes at most what is to change: after an hour nobody knows the form any more."""

MEANWHILE = 0.15
"""How often each of what may come between a form and its being sent does."""

HEARD = "Your preferences"
"""How the answer begins of a program that knows them."""


async def change(world: World, who: Actor, dice: random.Random) -> bool:
    """Have a picture changed by one of ten functions, with the fields that it has, or with something that is wrong."""
    words = prompt(world, who, dice.choice(MARKERS))
    options = _fitting(dice)
    if dice.random() < MISFITS:
        options |= dice.choice(list(_misfits(dice, options)))
        world.wishes.wrong.add(words)
    options = {name: value for name, value in options.items() if value is not None}
    used = await world.ask(who, words, command="edit", place=dice.choice(PLACES), **options)
    if dice.random() < 0.1:
        world.discord.redeliver(used)
    await follow(world, who, used, dice)
    return True


def _fitting(dice: random.Random) -> dict[str, Any]:
    """Return a function with fields as it has them, and a picture for it."""
    function, given = dice.choice(list(Function)), picture(dice)
    options: dict[str, Any] = {"picture": given, "function": function.value, "count": dice.choice((1, 1, 2))}
    fields = {
        "strength": dice.choice((0, 30, 100)),
        "mask": mask(given),
        "factor": dice.randint(1, 4),
        "line_art": dice.random() < 0.5,
        **dict.fromkeys(SIDES, dice.choice((1, 20, 100))),
    }
    # Where a mask is handed in, nothing is chosen by buttons.
    return options | {name: fields[name] for name in FIELDS.get(function, ()) if name in fields}


def _misfits(dice: random.Random, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what makes such a request wrong, whichever of it is chosen; None: what is to be left out."""
    function, given = Function(options["function"]), options["picture"]
    own = FIELDS.get(function, ())
    foreign = {"strength": 5, "left": 5, "factor": 2, "line_art": True, "mask": mask(given)}
    yield from ({name: value} for name, value in foreign.items() if name not in own)
    yield {"picture": NO_PICTURE}
    yield {"picture": picture(dice, TOO_SMALL)}
    yield {"picture2": picture(dice)}
    yield {"model": SERIES}
    if function is Function.EXPAND:
        yield dict.fromkeys(SIDES)
    if function is Function.REGION:
        yield {"mask": None}
        yield {"mask": mask(given, white=0)}
        yield {"mask": mask(picture(dice, (600, 700)))}


async def combine(world: World, who: Actor, dice: random.Random) -> bool:
    """Have several pictures made into one, by words; models bill what comes in, or don't."""
    given = {name: picture(dice) for name in ("picture", "picture2", "picture3")[: dice.randint(1, 3)]}
    model = dice.choice((SERIES, SYNCHRONOUS, BILLS_INPUTS))
    used = await world.ask(
        who, prompt(world, who, dice.choice(MARKERS)), command="edit", place=dice.choice(PLACES), model=model, **given
    )
    await follow(world, who, used, dice)
    return True


async def series(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask for a series of up to ten pictures, or for six at once."""
    marker = dice.choice((*MARKERS, "[partial] "))
    options: dict[str, Any] = {"model": SERIES, "series": True}
    if dice.random() < 0.8:
        options["count"] = dice.choice((1, 3, 10))
    if dice.random() < 0.3:
        options = {"model": SYNCHRONOUS, "count": 6}
    used = await world.ask(who, prompt(world, who, marker), private=dice.random() < 0.2, **options)
    await follow(world, who, used, dice)
    return True


async def edit_picture(world: World, who: Actor, dice: random.Random) -> bool:
    """Have a picture of a message edited by its Apps menu: one's own or somebody else's, and send the form late."""
    found = _message(world, who, dice)
    if found is None:
        return False
    message, owner, origins = found
    note(world, who, f"edits the picture of {owner.user.name}'s message {message.id}")
    opened = await who.use_on(message, "Edit picture")
    shown = await opened.response()
    if not isinstance(shown, ShownModal):
        return True
    await asyncio.sleep(dice.choice(FORM_OPEN_S) * dice.random())
    await _meanwhile(world, who, owner, message, dice)
    # A client keeps a form open that nobody seems to have taken: it may be sent again.
    for _ in range(dice.choice((1, 1, 1, 2))):
        await _send(world, who, opened, shown, (owner.id, *origins), dice)
    return True


async def _meanwhile(world: World, who: Actor, owner: Actor, message: SeenMessage, dice: random.Random) -> None:
    """While a form is filled in, let its message vanish, its owner change their mind, or the server allow no more."""
    if message.author == owner.user.name and dice.random() < MEANWHILE:
        note(world, owner, f"deletes message {message.id}")
        owner.delete(message)
    if owner is not who and dice.random() < MEANWHILE:
        await prefer(world, owner, dice)
    if dice.random() < MEANWHILE:
        admin = world.member(cast(who).admins[0], who.guild)
        await answer(world, admin, "settings moderation", {"edit_others": dice.random() < 0.5})


def _message(world: World, who: Actor, dice: random.Random) -> tuple[SeenMessage, Actor, tuple[int, ...]] | None:
    """Return a message with a picture, whose that is, and of whose pictures it was made.

    It is one that is posted just now, or the bot's to somebody.
    """
    others = [name for name in cast(who).members if name != who.user.name]
    owner = who if dice.random() < 0.2 else world.member(dice.choice(others), who.guild)
    if dice.random() < 0.5:
        return owner.say("look", *[picture(dice) for _ in range(dice.choice((1, 1, 2)))]), owner, ()
    made = [used for used in asked_in(world, who) if used.message is not None and used.message.gallery]
    if not made:
        return None
    used = dice.choice(made)
    message = used.message
    if message is None:
        return None
    origins = world.wishes.owners.get(world.trace.known.prompt_of(used.interaction_id), ())
    return message, world.member(used.interaction.user.name, who.guild), origins


async def _send(
    world: World, who: Actor, opened: Used, shown: ShownModal, owners: tuple[int, ...], dice: random.Random
) -> None:
    words = prompt(world, who, dice.choice(MARKERS))
    world.wishes.owners[words] = owners
    used = await who.submit_modal(opened, {"instruction": words, **_chosen(shown, dice)})
    world.take_note(used, who, f"{words} (of {', then of '.join(str(owner) for owner in owners)})")
    if dice.random() < 0.1:
        world.discord.redeliver(used)
    with contextlib.suppress(InteractionFailed):
        await follow(world, who, used, dice)


def _chosen(shown: ShownModal, dice: random.Random) -> dict[str, list[str]]:
    """Return what somebody chooses in the menus of a form."""
    parts = [part["component"] for part in shown.data["components"]]
    return {one["custom_id"]: [dice.choice(one["options"])["value"]] for one in parts if "options" in one}


async def prefer(world: World, who: Actor, dice: random.Random) -> bool:
    """Look at one's preferences, or say whether others may edit one's pictures, at times twice at once."""
    if dice.random() < 0.2:
        await _decide(world, who, {}, again=False)
        return True
    chosen: bool | None = dice.choice((False, False, True, None))
    options = {"reset": True} if chosen is None else {"others_may_edit": chosen}
    word = world.wishes.say(who.id, world.loop.time(), may_edit=chosen is not False)
    if await _decide(world, who, options, again=dice.random() < 0.2):
        word.heard_s = world.loop.time()
    return True


async def _decide(world: World, who: Actor, options: dict[str, Any], *, again: bool) -> bool:
    """Use the command; return whether the program has understood."""
    note(world, who, f"uses /preferences {options}")
    used = await who.invoke("preferences", options)
    if again:
        world.discord.redeliver(used)
    async with asyncio.timeout(PATIENCE_S):
        return HEARD in (await used.reply()).text


ACTS: dict[Act, int] = {change: 3, combine: 2, series: 1, edit_picture: 7, prefer: 2}
"""What may be done, and how often compared with the others."""
