"""Whether of a picture that part was to be changed which its member had chosen."""

import io
from collections.abc import Iterable

from PIL import Image

from bot.domain.jobs.job import JobState
from bot.domain.pictures.region import FIELDS, SIDE, field_name
from sandbox.dashscope.checks import Order
from sandbox.dashscope.tasks import TaskRecord
from simulation.wishes import FieldPress
from simulation.world import World


def check(world: World) -> None:
    """What the service was told to change is what was chosen when its member went on."""
    if world.tally["machine ill_disk"]:
        # Such a press may have been taken and not been written.
        return
    wrong: list[str] = []
    for job_id, job in world.trace.known.jobs.items():
        presses, tasks = world.wishes.regions.get(job.prompt), tasks_of(world, job.prompt)
        if presses is not None and tasks:
            sent = sent_fields(tasks[0].order)
            may_be = fields_of(presses, world.trace.reached_s[job_id, JobState.HELD])
            if any((name in sent) not in possible for name, possible in may_be.items()):
                wrong.append(f"{job_id}: {sorted(sent)}, not {may_be}")
    assert not wrong, f"another part of a picture was to be changed than was chosen: {wrong}"


def tasks_of(world: World, prompt: str) -> list[TaskRecord]:
    """Return what the service took for a prompt."""
    return [task for task in world.vendor.drawn.values() if task.prompt == prompt]


def fields_of(presses: Iterable[FieldPress], until_s: float) -> dict[str, set[bool]]:
    """Return of each field whether it is chosen after some presses; both where nobody knows."""
    may_be = {field_name(field): {False} for field in range(FIELDS)}
    for one in presses:
        before = set[bool]() if one.was_taken(until_s) else may_be[one.field]
        may_be[one.field] = before | {one.is_chosen}
    return may_be


def sent_fields(order: Order) -> set[str]:
    """Return the fields whose middle is to change in the last picture of a create."""
    with Image.open(io.BytesIO(order.pictures[-1])) as image:
        middles = {field_name(field): _middle(field, *image.size) for field in range(FIELDS)}
    if order.change is not None and order.change.mask is not None:
        with Image.open(io.BytesIO(order.change.mask)) as mask:
            white = mask.convert("L")
            return {name for name, middle in middles.items() if white.getpixel(middle) == 255}
    boxes = order.boxes[-1] if order.boxes else ()
    return {name for name, middle in middles.items() if any(_is_within(middle, box) for box in boxes)}


def _middle(field: int, width: int, height: int) -> tuple[int, int]:
    row, column = divmod(field, SIDE)
    return (2 * column + 1) * width // (2 * SIDE), (2 * row + 1) * height // (2 * SIDE)


def _is_within(place: tuple[int, int], box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = box
    return left <= place[0] <= right and top <= place[1] <= bottom
