"""The image service's faults, each lived through by one job."""

from dataclasses import dataclass, replace
from itertools import count, pairwise

from bot.domain.jobs.matching import LATER_MS
from bot.service.vendor.collector import LONGEST_RETRY_S, MOST_REFUSALS
from bot.service.vendor.dispatcher import MOST_ATTEMPTS
from bot.service.vendor.watcher import EMPTY_READS, LONGEST_EMPTY_S
from sandbox.dashscope import Outcome
from sandbox.dashscope.pictures.oddities import ODD_ANSWERS, odd_pictures
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault, When
from tests.support.faults import (
    CREATE_TIMEOUT_S,
    DAY_S,
    ERROR,
    FETCH_TIMEOUT_S,
    HOUR_S,
    POLL_TIMEOUT_S,
    PROXY_PAGE,
    RATE,
    TIMED_OUT,
    UNAVAILABLE,
    Row,
    Trial,
    counted,
    recover,
    time_out,
)
from tests.support.reliability import failed_downloads
from tests.support.world import World

DOUBT = "I'm finding out whether it has started"
FETCHING = "The picture is on its way here."
DRAWING = "The picture is being drawn."

PAST_DOUBT_S = LATER_MS / 1000 + 1
"""After that long a create can't have begun anything any more."""

MORE_QUERIES = 3
"""Queries that may come on top on a busy machine, while a task is still being worked on."""


@dataclass(frozen=True)
class Case:
    """A fault that meets the first ``times`` requests of a job.

    Attributes:
        ends: the job's last state.
        begun: a doubtful create began a task.
    """

    what: str
    fault: Fault
    times: int = 1
    ends: str = "delivered"
    begun: bool = True
    model: str = "wanx2.1-t2i-turbo"


CREATES = [
    Case("429, rate quota, three times", RATE, times=3),
    Case("503, the model is unavailable, twice", UNAVAILABLE, times=2),
    Case("503, the model is unavailable, for as long as it is asked", UNAVAILABLE, times=MOST_ATTEMPTS, ends="failed"),
]
DOUBTFUL_CREATES = [
    Case("500 in the vendor's words, no task was begun", ERROR, begun=False),
    Case("500 in the vendor's words, a task was begun", replace(ERROR, when="after")),
    Case("504, the request timed out, a task was begun", replace(TIMED_OUT, when="after")),
    Case("502 with a proxy's page, no task was begun", PROXY_PAGE, begun=False),
    Case(
        "502 with a proxy's page, a task was begun",
        Fault(status=502, body=PROXY_PAGE.body, content_type="text/html", when="after"),
    ),
    Case("200 with a login page", Fault(status=200, body=b"<html>Log in", content_type="text/html"), begun=False),
    Case("half a JSON text", Fault(truncate_to=30)),
    Case("cut before the service had it", Fault(cut=True), begun=False),
    Case("cut before its answer, a task was begun", Fault(cut=True, when="after")),
    Case("the same with wan2.6-t2i", Fault(cut=True, when="after"), ends="failed", model="wan2.6-t2i"),
]
POLLS = [
    Case("429, rate quota", RATE),
    Case("500 in the vendor's words", ERROR),
    Case("502 with a proxy's page", PROXY_PAGE),
    Case("cut before the service had it", Fault(cut=True)),
    Case("cut before its answer", Fault(cut=True, when="after")),
    Case("half a JSON text", Fault(truncate_to=30)),
]
DOWNLOADS = [
    Case("cut short, twice", Fault(truncate_to=100), times=2),
    Case("503, twice", Fault(status=503, body=b"<Error/>", content_type="application/xml"), times=2),
    *(Case(f"{what}, once", answer) for what, answer in ODD_ANSWERS.items()),
]
ODD = ("a PNG with a colour profile of 1.5 MB", "a PNG with a text of 1.5 MB", "a PNG with 16 bits of grey", "a WebP")
"""A few of the odd pictures; tests of the parts see to all."""

NOT_THERE = ODD_ANSWERS["404, there is no such object"]
WRONG_KINDS = {
    "a page of HTML": b"<html><body>Sign in</body></html>",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "51 MiB, more than any picture has": b"\x89PNG\r\n\x1a\n" + bytes(51 * 1024 * 1024),
}


async def creates(world: World) -> list[Row]:
    rows: list[Row] = []
    for case in CREATES:
        trial = Trial(world)
        world.vendor.faults.add("create", case.fault, times=case.times)
        await trial.ask()
        await trial.ends(case.ends)
        assert trial.asked("create") == case.times + (case.ends == "delivered")
        rows.append(trial.row(case.what, counted(trial.asked("create"), "create")))
        recover(world)
    return [*rows, *[await _doubtful(world, case) for case in DOUBTFUL_CREATES], *await _late_creates(world)]


async def _doubtful(world: World, case: Case) -> Row:
    trial = Trial(world)
    world.vendor.faults.add("create", case.fault, times=case.times)
    # The look at the vendor's list waits until the member has read of the doubt.
    looking = world.vendor.faults.gate("list")
    await trial.ask(model=case.model)
    await trial.says(DOUBT)
    looking.open()
    if not case.begun or case.ends == "failed":
        world.clock.advance(PAST_DOUBT_S)
    await trial.ends(case.ends)
    assert trial.asked("create") == 2 - case.begun
    recover(world)
    return trial.row(case.what, counted(trial.asked("create"), "create"))


async def _late_creates(world: World) -> list[Row]:
    rows: list[Row] = []
    lost: list[tuple[str, When]] = [("a", "after"), ("no", "before")]
    for what, when in lost:
        trial = Trial(world)
        gate = world.vendor.faults.gate("create", when=when)
        looking = world.vendor.faults.gate("list")
        await trial.ask()
        await time_out(world, gate, CREATE_TIMEOUT_S)
        await trial.says(DOUBT)
        looking.open()
        if when == "before":
            world.clock.advance(PAST_DOUBT_S)
        await trial.ends("delivered")
        # Beside the one that still waits for its answer.
        again = trial.asked("create")
        assert again == (when == "before")
        rows.append(trial.row(f"no answer within a minute, {what} task was begun", counted(1 + again, "create")))
        recover(world)
    return rows


async def queries(world: World) -> list[Row]:
    rows: list[Row] = []
    for case in POLLS:
        trial = Trial(world)
        world.vendor.faults.add("query", case.fault, times=3)
        await trial.ask()
        await trial.ends("delivered")
        assert 4 <= trial.asked("query") <= 4 + MORE_QUERIES
        rows.append(trial.row(f"{case.what}, three times", "3 queries in vain"))
        recover(world)
    trial = Trial(world)
    gates = [world.vendor.faults.gate("query") for _ in range(2)]
    await trial.ask()
    for gate in gates:
        await time_out(world, gate, POLL_TIMEOUT_S)
    await trial.ends("delivered")
    assert 1 <= trial.asked("query") <= 1 + MORE_QUERIES
    recover(world)
    return [*rows, trial.row("no answer within 15 s, twice", "2 queries in vain")]


async def lists(world: World) -> list[Row]:
    rows: list[Row] = []
    for case in POLLS:
        trial = Trial(world)
        world.vendor.faults.add("create", Fault(cut=True, when="after"))
        world.vendor.faults.add("list", case.fault)
        await trial.ask()
        await trial.ends("delivered")
        assert (trial.asked("create"), trial.asked("list")) == (1, 2)
        rows.append(trial.row(case.what, "1 create, 2 lists"))
        recover(world)
    trial = Trial(world)
    world.vendor.faults.add("create", Fault(cut=True, when="after"))
    gate = world.vendor.faults.gate("list")
    await trial.ask()
    await time_out(world, gate, POLL_TIMEOUT_S)
    await trial.ends("delivered")
    assert (trial.asked("create"), trial.asked("list")) == (1, 1)
    recover(world)
    return [*rows, trial.row("no answer within 15 s", "1 create, 2 lists")]


async def tasks(world: World) -> list[Row]:
    return [
        await _backwards(world),
        await _unknown_for_a_while(world),
        await _unknown_for_a_day(world),
        await _without_results(world, EMPTY_READS - 1, "delivered", "for three minutes"),
        await _without_results(world, EMPTY_READS, "failed", "for as long as it is asked"),
        await _failed_with_its_answer_lost(world),
        await _succeeded_after_a_cancel(world),
        await _another_clock(world, "5 hours ahead", 5 * HOUR_S),
        await _another_clock(world, "5 hours behind", -5 * HOUR_S),
    ]


async def _backwards(world: World) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(service_s=8, reports=("RUNNING", "PENDING", "RUNNING", "PENDING")))
    await trial.ask()
    await trial.says(DRAWING)
    await trial.ends("delivered")
    acts = world.rows("SELECT act FROM audit WHERE job_id = ? AND act IN ('job.pending', 'job.running')", trial.job_id)
    assert [row["act"] for row in acts] == ["job.pending", "job.running"]
    assert 5 <= trial.asked("query") <= 8 + MORE_QUERIES
    return trial.row("its status goes RUNNING, PENDING, RUNNING, PENDING", f"at most {8 + MORE_QUERIES} queries")


async def _unknown_for_a_while(world: World) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(reports=("UNKNOWN",) * 3))
    await trial.ask()
    await trial.ends("delivered")
    assert 4 <= trial.asked("query") <= 4 + MORE_QUERIES
    return trial.row("its status is UNKNOWN, three times", "3 queries in vain")


async def _unknown_for_a_day(world: World) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(unknown=True))
    await trial.ask()
    await world.vendor.until(lambda: trial.asked("query") >= 2)
    await trial.is_("pending")
    world.clock.advance(DAY_S)
    await trial.ends("failed")
    times_ms = [request.at_ms for request in world.vendor.requests if request.path.endswith(trial.job()["task_id"])]
    assert min(after - before for before, after in pairwise(times_ms)) >= 1000
    recover(world)
    return trial.row("its status is UNKNOWN for 24 hours", "never two queries within a second")


async def _without_results(world: World, reads: int, ends: str, how_long: str) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(empty_reads=reads))
    await trial.ask()
    for n in range(1, EMPTY_READS):
        await world.vendor.until(lambda n=n: trial.asked("query") >= n)
        world.clock.advance(LONGEST_EMPTY_S)
    await trial.ends(ends)
    most = EMPTY_READS + MORE_QUERIES
    assert trial.asked("query") <= most
    recover(world)
    return trial.row(f"it is SUCCEEDED and names no results {how_long}", f"at most {most} queries")


async def _failed_with_its_answer_lost(world: World) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(fail=OUTPUT_INAPPROPRIATE))
    world.vendor.faults.add("create", Fault(cut=True, when="after"))
    await trial.ask()
    await trial.says(DOUBT)
    world.clock.advance(PAST_DOUBT_S)
    await trial.ends("failed")
    assert trial.asked("create") == 1
    recover(world)
    return trial.row("it is FAILED, and its create's answer was lost: whose it is, nobody can tell", "1 create")


async def _succeeded_after_a_cancel(world: World) -> Row:
    busy = [Trial(world, "mei") for _ in range(2)]
    world.vendor.next_outcome(Outcome(service_s=100), times=2)
    for one in busy:
        await one.ask()
        await one.is_("pending", "running")
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(ignores_cancel=True, service_s=1))
    await trial.ask()
    await trial.is_("pending")
    assert trial.message is not None
    await trial.who.press(trial.message, "Cancel")
    await trial.says("Cancellation was asked for; waiting for the image service's word.")
    world.advance(100)
    for one in (*busy, trial):
        await one.ends("delivered")
    queried = [one for one in world.vendor.requests if one.path.endswith(trial.job()["task_id"])]
    # The first at the press, then one with each report that says PENDING.
    assert 1 <= trial.asked("cancel") <= 1 + len(queried)
    recover(world)
    return trial.row("it is SUCCEEDED although the vendor had agreed to cancel it", "1 cancel for each query at most")


async def _another_clock(world: World, what: str, ahead_s: float) -> Row:
    world.vendor.ahead_s = ahead_s
    before = Trial(world)
    await before.ask()
    await before.ends("delivered")
    trial = Trial(world)
    world.vendor.faults.add("create", Fault(cut=True, when="after"))
    await trial.ask()
    await trial.ends("delivered")
    assert (trial.asked("create"), trial.asked("list")) == (1, 1)
    row = trial.row(f"the vendor's clock is {what}, and a create's answer was lost", "1 create, 1 list")
    world.vendor.ahead_s = 0
    recover(world)
    return row


async def downloads(world: World) -> list[Row]:
    rows: list[Row] = []
    for case in DOWNLOADS:
        trial = Trial(world)
        world.vendor.faults.add("result", case.fault, times=case.times)
        await trial.ask()
        await trial.ends(case.ends)
        assert trial.asked("result") == case.times + (case.ends == "delivered")
        rows.append(trial.row(case.what, counted(trial.asked("result"), "download")))
        recover(world)
    rows += [
        await _refused(
            world, "404, there is no such object, however often it is asked for", Outcome(), refusal=NOT_THERE
        ),
        *[await _refused(world, what, Outcome(image_bytes=body)) for what, body in WRONG_KINDS.items()],
        *[await _odd(world, what, body) for what, body in odd_pictures().items() if what in ODD],
    ]
    return [*rows, await _stalled(world), await _expired(world)]


async def _refused(world: World, what: str, outcome: Outcome, *, refusal: Fault | None = None) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(outcome)
    if refusal is not None:
        world.vendor.faults.add("result", refusal, times=MOST_REFUSALS)
    with failed_downloads.heard() as failed:
        await trial.ask()
        for tries in count(1):
            await failed.until(tries)
            if failed.refused == MOST_REFUSALS:
                break
            await trial.says(FETCHING)
            # On a busy machine the next download may have begun by now: this lets it time out.
            world.clock.advance(LONGEST_RETRY_S)
        await trial.ends("failed")
    assert trial.asked("result") == MOST_REFUSALS + failed.others
    recover(world)
    return trial.row(what, f"{MOST_REFUSALS} downloads in over three minutes")


async def _odd(world: World, what: str, body: bytes) -> Row:
    trial = Trial(world)
    world.vendor.next_outcome(Outcome(image_bytes=body))
    await trial.ask()
    await trial.ends("delivered")
    assert trial.message is not None
    (shown,) = next(one for one in trial.who.read("general") if one.id == trial.message.id).attachments
    assert await world.discord.fetch(shown.url) == body
    return trial.row(f"{what}: it is posted byte for byte", counted(trial.asked("result"), "download"))


async def _stalled(world: World) -> Row:
    trial = Trial(world)
    gate = world.vendor.faults.gate("result")
    await trial.ask()
    await gate.reached.wait()
    await trial.says(FETCHING)
    await time_out(world, gate, FETCH_TIMEOUT_S)
    await trial.ends("delivered")
    # Beside the one that still waits.
    assert trial.asked("result") == 1
    recover(world)
    return trial.row("nothing comes within two minutes", "2 downloads")


async def _expired(world: World) -> Row:
    trial = Trial(world)
    gate = world.vendor.faults.gate("result")
    await trial.ask()
    await gate.reached.wait()
    await trial.is_("fetching")
    await world.stop_bot()
    recover(world)
    world.advance(DAY_S + HOUR_S)
    before = trial.asked("result")
    await world.start_bot()
    await trial.ends("failed")
    assert trial.asked("result") == before + 1
    return trial.row("the bot was away for 25 hours, the signed address has expired (403)", "1 download")
