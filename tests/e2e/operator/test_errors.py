"""Every row of the vendor's error table, as a member, the ledger and the lane live through it; makes docs/errors.md."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.jobs.matching import LATER_MS
from bot.providers.dashscope.errormap import ERROR_TABLE
from bot.service.vendor.dispatcher import MOST_ATTEMPTS
from sandbox.dashscope import Failure, Outcome
from sandbox.faults import Fault
from tests.support.pages import GeneratedPage
from tests.support.service import small_picture
from tests.support.world import World, open_world

HEAD = """# What the image service's errors come to

Made by `tests/e2e/operator/test_errors.py`: each row was answered by the stand-in to a real bot, for as long as it
asked, and what came of it was read off the member's screen, the ledger and the lane. `make docs` writes this page
anew.

*Hold*: `voided` means that everything returned and nothing was charged; `open` that the job still waits in line, or
is in doubt. Who waits too long gets everything back; what becomes of a doubt, [reliability](reliability.md) tells.
*Lane*: a `stopped` lane refuses new work and is tried again by one job after 1, 2, 5, 10 and then every 15 minutes;
`slowed` creates leave more slowly.

## Answers to a create

| HTTP | code | the vendor says | the member reads | job | hold | lane |
|---|---|---|---|---|---|---|
"""
DOUBT_HEAD = """
## No answer to a create, or none that says what happened

| what came | the member reads | job | hold | lane |
|---|---|---|---|---|
"""
END_HEAD = """
## Ends of a task

| how it ended | the member reads | job | hold | charged | billed |
|---|---|---|---|---|---|
"""

DOUBTS = {
    "the connection was cut before the service had the request": Fault(cut=True),
    "502 with a proxy's page": Fault(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html"),
    "500 without a body": Fault(status=500),
    "200 with half a JSON text": Fault(status=200, body=b'{"output":{"task_st'),
    "504 with an empty object": Fault(status=504, body=b"{}"),
}
ENDS = {
    "`FAILED`, InternalError.Algo": Outcome(fail=Failure("InternalError.Algo", "inference internal error.")),
    "`FAILED`, InternalError.Timeout": Outcome(fail=Failure("InternalError.Timeout", "timed out")),
    "`FAILED`, DataInspectionFailed": Outcome(fail=Failure("DataInspectionFailed", "Output data may ...")),
    "1 of 2 images: DataInspectionFailed": Outcome(failed_images={1: Failure("DataInspectionFailed", "Output ...")}),
    "1 of 2 images: InternalError.Timeout": Outcome(failed_images={1: Failure("InternalError.Timeout", "...")}),
    "every image: InternalError.Timeout": Outcome(all_images_fail=Failure("InternalError.Timeout", "...")),
    "results that are no pictures": Outcome(image_bytes=b"<html>"),
}


STANDING = {"delivered", "failed", "in_doubt"}
"""States that a job does not leave while the service goes on answering as it does."""


@dataclass
class Row:
    """What came of one job."""

    text: str
    state: str
    hold: str
    lane: str
    charged: int
    billed: int


STATUSES = sorted({entry.statuses[0] for entry in ERROR_TABLE})
PAGE = GeneratedPage("errors.md", [*[f"| {status} |" for status in STATUSES], DOUBT_HEAD, END_HEAD])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    # Members wait long enough here that no ping or expiry mixes in.
    async with open_world(tmp_path, service_s=(1, 2), quota={"free_images": 1000}, queue={"ping_after": 7200}) as world:
        world.discord.rate_limits = False
        world.vendor.image_bytes_override = small_picture()
        yield world


def test_the_page_says_how_it_is_read():
    PAGE.assert_has(HEAD)


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.timeout(400)
@pytest.mark.parametrize("status", STATUSES)
async def test_every_answer_to_a_create_ends_as_the_page_says(world: World, status: int):
    numbers = [number for number, entry in enumerate(ERROR_TABLE) if entry.statuses[0] == status]
    PAGE.assert_has(lines([await create_row(world, number) for number in numbers]))


@pytest.mark.slow
@pytest.mark.untraced
async def test_every_doubt_about_a_create_ends_as_the_page_says(world: World):
    PAGE.assert_has(DOUBT_HEAD + lines([await doubt_row(world, what, fault) for what, fault in DOUBTS.items()]))


@pytest.mark.slow
@pytest.mark.untraced
async def test_every_end_of_a_task_is_as_the_page_says(world: World):
    PAGE.assert_has(END_HEAD + lines([await end_row(world, what, outcome) for what, outcome in ENDS.items()]))


async def create_row(world: World, number: int) -> list[object]:
    entry = ERROR_TABLE[number]
    body = json.dumps({"code": entry.code, "message": entry.text, "request_id": f"row-{number}"}).encode()
    world.vendor.faults.add("create", Fault(status=entry.statuses[0], body=body), times=10_000)
    row = await live_through(world)
    await recover(world)
    said = entry.text.replace("|", "\\|")
    return [entry.statuses[0], f"`{entry.code}`", said, row.text, f"`{row.state}`", row.hold, row.lane]


async def doubt_row(world: World, what: str, fault: Fault) -> list[object]:
    world.vendor.faults.add("create", fault, times=10_000)
    row = await live_through(world)
    await recover(world)
    return [what, row.text, f"`{row.state}`", row.hold, row.lane]


async def end_row(world: World, what: str, outcome: Outcome) -> list[object]:
    world.vendor.next_outcome(outcome)
    row = await live_through(world)
    return [what, row.text, f"`{row.state}`", row.hold, row.charged, row.billed]


async def live_through(world: World) -> Row:
    """Ask for two pictures, wait until the job ends or stands still in the queue, and read everything."""
    # Each time somebody else, since who is refused too often is paused.
    asking = world.member(world.guild.add_member(f"member-{len(world.vendor.requests)}").user)
    first = await world.imagine(asking, count=2, seed=7)
    job_id = world.rows("SELECT max(id) AS id FROM jobs")[0]["id"]
    before = len(world.vendor.requests)

    def settled() -> bool:
        job = world.rows("SELECT state, version, shown FROM jobs WHERE id = ?", job_id)[0]
        asked = [request for request in world.vendor.requests[before:] if request.operation == "create"]
        still = job["state"] == "queued" and (lane_of(world) != "open" or len(asked) >= MOST_ATTEMPTS + 1)
        return (still or job["state"] in STANDING) and job["shown"] >= job["version"] - still

    await world.eventually(settled)
    query = "SELECT state, outcome, charged_images, billed_images FROM jobs JOIN holds ON job_id = id"
    job = world.rows(f"{query} WHERE id = ?", job_id)[0]
    # Nothing but a throttled create leaves a job in the line of an open lane.
    lane = "slowed" if (job["state"], lane_of(world)) == ("queued", "open") else lane_of(world)
    # In a slowed lane the card follows the job to the service and back into the line, again and again.
    wanted = {"open": "", "slowed": "Handed over"}.get(lane, "isn't taking")
    message = await world.becomes(asking, first, wanted)
    return Row(
        text=told(message.text),
        state=job["state"],
        hold=job["outcome"] or "open",
        lane=lane,
        charged=job["charged_images"],
        billed=job["billed_images"],
    )


def lane_of(world: World) -> str:
    lanes = world.rows("SELECT model, stopped_ms, next_create_ms FROM lanes")
    if any(lane["stopped_ms"] for lane in lanes):
        whole = any(lane["stopped_ms"] for lane in lanes if lane["model"] == "*")
        return "account stopped" if whole else "stopped"
    return "open"


def told(text: str) -> str:
    """Return what the member reads, without what every card says."""
    heading, _prompt, *rest = [line for line in text.splitlines() if line.strip()]
    useful = [line for line in rest if not line.startswith(("-#", "Left:", "Picture "))]
    title = heading.removeprefix("### ").partition(" · ")[0]
    return re.sub(r"<t:\d+:R>", "*(when)*", " ".join([f"**{title}**", *useful])).replace("|", "\\|")


async def recover(world: World) -> None:
    """Let the service answer again, and wait until nothing is under way."""
    world.vendor.faults.clear()
    # Past the last doubt and the longest back-off.
    world.clock.advance(LATER_MS / 1000 + 120)
    # A create that is taken ends the lane's back-off, so that no row waits for the row before.
    await world.imagine(world.member("bob"))
    await world.eventually(lambda: not world.rows("SELECT 1 FROM jobs WHERE state NOT IN ('delivered', 'failed')"))
    await world.eventually(lambda: lane_of(world) == "open")


def lines(rows: Iterable[list[object]]) -> str:
    return "".join("| " + " | ".join(str(cell) for cell in row) + " |\n" for row in rows)
