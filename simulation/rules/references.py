"""Whether the pictures of a set go to nobody but those who may use it, and are those that were handed in."""

import io

from PIL import Image

from simulation.wishes import KeptSet
from simulation.world import World

SERVERS = "SELECT id, server_id, account_id FROM jobs"
SETS = "SELECT name, server_id, is_shared, account_id FROM reference_sets"
TOLERANCE = 12
"""Of 255: by so much a colour may differ after it was stored as a JPEG."""

Colour = tuple[int, int, int]


def check_uses(world: World) -> None:
    """What is drawn of a set has its pictures, and its member may use it in that server."""
    known, wishes = world.trace.known, world.wishes
    jobs = {known.prompt_of(row["id"]): row for row in world.rows(SERVERS)}
    wrong: list[str] = []
    for task in world.vendor.drawn.values():
        name = wishes.uses.get(task.prompt)
        if name is None:
            continue
        row, kept = jobs[task.prompt], wishes.sets.get(name)
        if kept is None or not kept.is_usable(row["server_id"], known.member_of(row["account_id"])):
            wrong.append(f"{row['id']}: {name} is not theirs")
        elif not _has(kept, task.order.pictures):
            wrong.append(f"{row['id']}: {name} has other pictures")
    assert not wrong, f"pictures were made of a set that was not to be used: {wrong}"


def check_kept(world: World) -> None:
    """A set stands as it was wished for: in its server, for whom it was meant, and nothing is left of its name else."""
    rows = {row["name"]: row for row in world.rows(SETS)}
    wishes, known = world.wishes, world.trace.known
    wrong = [
        name
        for name, row in rows.items()
        if (row["server_id"], bool(row["is_shared"]), known.member_of(row["account_id"]))
        != (wishes.sets[name].server_id, wishes.sets[name].is_shared, wishes.sets[name].person_id)
    ]
    assert not wrong, f"a set is kept otherwise than it was wished for: {wrong}"
    words = world.words()
    told = [name for name in wishes.sets if name not in rows and name in words]
    assert not told, f"the database still has names of sets that are kept no longer: {told}"


def _has(kept: KeptSet, pictures: tuple[bytes, ...]) -> bool:
    """Whether pictures are those of a set, by their colours."""
    shown = [_colour(one) for one in pictures]
    return len(shown) == len(kept.colours) and all(map(_is_alike, shown, kept.colours))


def _colour(data: bytes) -> Colour:
    with Image.open(io.BytesIO(data)) as image:
        red, green, blue = image.convert("RGB").resize((1, 1)).tobytes()
        return red, green, blue


def _is_alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= TOLERANCE for a, b in zip(one, other, strict=True))
