"""Every place at which the bot is killed while pictures come in."""

import io
from typing import Any

from PIL import Image

from sandbox.discord import MemberFile
from tests.crash.acts import SYNCHRONOUS, press
from tests.crash.points import PAST_DOUBT_S, PING_AT_ONCE, Point, around, chained
from tests.crash.stage import Death, Stage
from tests.support.handed_in import jpeg, png, saved

FUNCTIONAL = "wanx2.1-imageedit"
FILES = (png((240, 240)), jpeg((240, 320)))


async def one_edits(stage: Stage) -> None:
    await stage.edit(stage.member("bob"), "let it snow", *FILES)


async def one_edits_no_picture(stage: Stage) -> None:
    await stage.edit(stage.member("bob"), "let it snow", FILES[0], b"no picture")
    # Something must be done for the test to know that all is.
    await stage.ask(stage.member("mei"), "a tea house")


async def one_edits_and_agrees(stage: Stage) -> None:
    used = await stage.edit(stage.member("bob"), "let it snow", *FILES)
    await press(stage, used, "Make it for CN¥0.20 from your budget")


async def one_edits_by_a_call(stage: Stage) -> None:
    await stage.edit(stage.member("bob"), "let it snow", *FILES, model=SYNCHRONOUS)


async def one_edits_within_a_mask(stage: Stage) -> None:
    mask = MemberFile("mask.png", saved(Image.new("L", (600, 520), 255), "PNG"))
    await stage.edit(stage.member("bob"), "let it snow", png((600, 520)), model=FUNCTIONAL, mask=mask)


async def one_is_asked_for_a_region(stage: Stage) -> None:
    await stage.edit(stage.member("bob"), "let it snow", *FILES, choose_region=True)
    # Something must be done for the test to know that all is.
    await stage.ask(stage.member("mei"), "a tea house")


async def one_chooses_a_region(stage: Stage) -> None:
    used = await stage.edit(stage.member("bob"), "let it snow", *FILES, choose_region=True)
    await press(stage, used, "B2")
    await press(stage, used, "Edit this region")


def sent_as_they_came(stage: Stage) -> bool:
    """Whether what was edited came from both pictures, in their order, and no file is left that no row names."""
    drawn = {tuple(map(_size, one.order.pictures)) for one in stage.vendor.drawn.values()}
    return drawn <= {((240, 240), (240, 320)), ()} and not stage.stray_files()


def sent_with_its_mask(stage: Stage) -> bool:
    """Whether what was edited came with the mask, and no file is left that no row names."""
    changes = [task.order.change for task in stage.vendor.tasks.values()]
    return all(change is not None and change.mask for change in changes) and not stage.stray_files()


def sent_within_its_region(stage: Stage) -> bool:
    """Whether what was edited came with the fields that were chosen, of the last picture, and no file is left over."""
    boxes = {task.order.boxes for task in stage.vendor.tasks.values()}
    return boxes <= {((), ((60, 80, 119, 159),))} and not stage.stray_files()


def _size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


EDIT: dict[str, Any] = {"act": one_edits, "enough": sent_as_they_came}
REFUSED: dict[str, Any] = {"act": one_edits_no_picture, "enough": sent_as_they_came}
PAID: dict[str, Any] = {
    "act": one_edits_and_agrees,
    "enough": sent_as_they_came,
    "config": {"quota": {"free_images": 0, "budget": "5"}, **PING_AT_ONCE},
}
CALLED: dict[str, Any] = {
    "act": one_edits_by_a_call,
    "enough": sent_as_they_came,
    "config": {"models": {SYNCHRONOUS: {}}},
    "ends": frozenset({"delivered", "failed"}),
}
"""What is lost with its answer is not drawn again."""

MASKED: dict[str, Any] = {
    "act": one_edits_within_a_mask,
    "enough": sent_with_its_mask,
    "config": {"models": {FUNCTIONAL: {}}},
}
ASKED_FOR_REGION: dict[str, Any] = {"act": one_is_asked_for_a_region, "enough": sent_as_they_came}
CHOSEN_REGION: dict[str, Any] = {"act": one_chooses_a_region, "enough": sent_within_its_region}
UNCONFIRMED: dict[str, Any] = {**EDIT, "ends": frozenset({"delivered", "failed"})}
"""A task of this protocol names no prompt: where its id was lost, nobody can tell that it is the job's."""

EDITING: list[Point] = [
    *around("discord:handed_in", **EDIT),
    *around("jobs.rehearse", within=True, **EDIT),
    *around("privacy.expect_files", within=True, **EDIT),
    *around("pictures.keep", **EDIT),
    *around("pictures.keep", nth=2, **EDIT),
    *around("jobs.submit", within=True, **EDIT),
    *around("privacy.give_files_up", within=True, **EDIT),
    *around("privacy.give_files_up", **REFUSED),
    *around("jobs.acknowledge", within=True, **EDIT),
    *around("lanes.claim", within=True, **EDIT),
    *around("pictures.read", **EDIT),
    *around("vendor:create", **UNCONFIRMED),
    *around("jobs.record_task", **UNCONFIRMED),
    *around("jobs.settle", **EDIT),
    *chained(Death("pictures.keep", "after"), "privacy.give_files_up", within=True, **EDIT),
    *chained(Death("pictures.keep", "after"), "pictures.remove", **EDIT),
    *around("jobs.submit", nth=2, **PAID),
    Point((Death("vendor:create", "before", downtime_s=PAST_DOUBT_S),), **EDIT),
    *around("jobs.keep_for_region", within=True, **ASKED_FOR_REGION),
    *around("jobs.submit", within=True, **CHOSEN_REGION),
    *around("pictures.read", nth=2, **CHOSEN_REGION),
    *around("pictures.keep", nth=2, **CALLED),
    *around("jobs.submit", within=True, **CALLED),
    *around("pictures.read", **CALLED),
    *around("vendor:call", **CALLED),
    *around("jobs.record_drawn", within=True, **CALLED),
    *around("jobs.settle", **CALLED),
    *around("pictures.keep", nth=2, **MASKED),
    *around("jobs.submit", within=True, **MASKED),
    *around("pictures.read", nth=2, **MASKED),
]
