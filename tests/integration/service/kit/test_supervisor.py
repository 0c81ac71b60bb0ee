import asyncio
import logging
import re
from collections.abc import Mapping

import pytest

from bot.errors import StorageDamaged, StorageUnavailable
from bot.service.kit.alarm import IN_A_ROW_S, KEEPS_FAILING, QUIET_S, Alarm
from bot.service.kit.supervisor import RESTART_DELAY_S, Supervisor, one_by_one, read_each
from sandbox.clock import SandboxClock
from tests.support.service import FailureLog

FULL = StorageUnavailable("full")


class Work:
    """Fails as often as it is told to, then waits to be let go."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self.error = error or KeyError("a fault of ours")
        self.begun = 0
        self.go = asyncio.Event()
        self.heard = asyncio.Event()
        self._failures = failures

    async def __call__(self) -> None:
        self.begun += 1
        self.heard.set()
        if self.begun <= self._failures:
            raise self.error
        await self.go.wait()

    async def begins(self) -> None:
        await self.heard.wait()
        self.heard.clear()


class Operator:
    """Hears what it is told to tell the operator, or can't be written to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Mapping[str, str | int]]] = []
        self.is_full = False

    async def tell(self, kind: str, content: Mapping[str, str | int]) -> None:
        if self.is_full:
            raise FULL
        self.told.append((kind, content))


def alarm(clock: SandboxClock, operator: Operator | None = None) -> Alarm:
    return Alarm(operator or Operator(), clock)


async def test_failing_work_is_logged_under_a_reference_and_begun_again_later(failures: FailureLog):
    clock = SandboxClock(scale=0)
    supervisor, work = Supervisor(clock, alarm(clock)), Work(failures=2)
    supervisor.start("digging", work)
    for _ in range(2):
        await work.begins()
        clock.advance(RESTART_DELAY_S)
    await work.begins()
    assert work.begun == 3
    references = [re.fullmatch(r"digging failed, reference ([0-9a-f]{8}); .*", text) for text in failures.texts]
    assert len({found[1] for found in references if found}) == 2
    work.go.set()
    await supervisor.idle()


@pytest.mark.parametrize("error", [FULL, ExceptionGroup("downloads", [FULL, ExceptionGroup("deeper", [FULL])])])
async def test_work_that_waits_for_storage_begins_again_and_adds_nothing_to_what_storage_says(
    failures: FailureLog, error: Exception
):
    clock = SandboxClock(scale=0)
    supervisor, work = Supervisor(clock, alarm(clock)), Work(1, error)
    supervisor.start("digging", work)
    await work.begins()
    clock.advance(RESTART_DELAY_S)
    await work.begins()
    assert failures.texts == []
    await supervisor.stop()


async def test_a_fault_of_ours_beside_an_outage_is_logged(failures: FailureLog):
    clock = SandboxClock(scale=0)
    supervisor, work = Supervisor(clock, alarm(clock)), Work(1, ExceptionGroup("downloads", [FULL, KeyError("ours")]))
    supervisor.start("digging", work)
    await work.begins()
    assert "digging failed" in await failures.first()
    await supervisor.stop()


async def test_work_of_a_name_is_done_by_one_at_a_time():
    clock = SandboxClock(scale=0)
    supervisor, first, second = Supervisor(clock, alarm(clock)), Work(0), Work(0)
    supervisor.start("digging", first)
    supervisor.start("digging", second)
    await first.begins()
    first.go.set()
    await supervisor.idle()
    assert second.begun == 0
    supervisor.start("digging", second)
    await second.begins()
    await supervisor.stop()


async def test_stopping_ends_what_works_and_what_waits_after_a_failure():
    clock = SandboxClock(scale=0)
    supervisor, working, failing = Supervisor(clock, alarm(clock)), Work(0), Work(failures=9)
    supervisor.start("working", working)
    supervisor.start("failing", failing)
    await working.begins()
    await failing.begins()
    await supervisor.stop()
    await supervisor.idle()
    assert (working.begun, failing.begun) == (1, 1)
    await supervisor.stop()


async def test_work_that_meets_damage_says_so_and_begins_again(failures: FailureLog):
    clock = SandboxClock(scale=0)
    supervisor, work = Supervisor(clock, alarm(clock)), Work(1, StorageDamaged("malformed"))
    supervisor.start("digging", work)
    await work.begins()
    assert await failures.first() == "digging meets the damaged part of the database; it begins again soon"
    clock.advance(RESTART_DELAY_S)
    await work.begins()
    work.go.set()
    await supervisor.idle()


async def test_of_many_pieces_one_that_fails_costs_the_others_nothing(failures: FailureLog):
    done: list[str] = []

    async def piece(name: str, error: Exception | None = None) -> None:
        if error is not None:
            raise error
        done.append(name)

    await one_by_one(
        [
            ("first", lambda: piece("first")),
            ("broken", lambda: piece("broken", KeyError("a fault of ours"))),
            ("damaged", lambda: piece("damaged", StorageDamaged("malformed"))),
            ("last", lambda: piece("last")),
        ]
    )
    assert done == ["first", "last"]
    broken, damaged = failures.texts
    assert re.fullmatch(r"broken failed, reference [0-9a-f]{8}; the others go on", broken)
    assert damaged == "damaged meets the damaged part of the database; the others go on"


async def test_while_the_database_is_out_the_other_pieces_wait_too(failures: FailureLog):
    async def full() -> None:
        raise FULL

    with pytest.raises(StorageUnavailable):
        await one_by_one([("first", full), ("second", asyncio.Event().wait)])
    assert failures.texts == []


async def test_of_many_items_those_are_read_that_are_there_and_can_be(caplog: pytest.LogCaptureFixture):
    async def read(item_id: int) -> str | None:
        if item_id == 2:
            raise StorageDamaged("a page")
        return {1: "one", 3: "three"}.get(item_id)

    assert await read_each("job", [1, 2, 3, 4], read) == ["one", "three"]
    assert caplog.messages == ["reading job 2 meets the damaged part of the database; the others go on"]


async def test_an_outage_ends_a_reading_of_many():
    async def read(_: int) -> str:
        raise StorageUnavailable("locked")

    with pytest.raises(StorageUnavailable):
        await read_each("job", [1], read)


# -- work that keeps failing


async def fail(clock: SandboxClock, work: Work, times: int) -> None:
    for _ in range(times):
        await work.begins()
        clock.advance(RESTART_DELAY_S)


async def test_the_operator_is_told_once_of_work_that_keeps_failing(failures: FailureLog):
    clock, operator = SandboxClock(scale=0), Operator()
    supervisor, work = Supervisor(clock, alarm(clock, operator)), Work(failures=4 * KEEPS_FAILING)
    supervisor.start("digging", work)
    await fail(clock, work, KEEPS_FAILING - 1)
    assert operator.told == []
    await fail(clock, work, 3 * KEEPS_FAILING + 1)
    ((kind, content),) = operator.told
    assert (kind, content["work"], content["failures"]) == ("work-failing", "digging", KEEPS_FAILING)
    assert f"reference {content['reference']};" in failures.texts[KEEPS_FAILING - 1]
    await supervisor.stop()


async def test_failures_between_which_the_work_went_on_for_long_or_was_done_are_not_told():
    clock, operator = SandboxClock(scale=0), Operator()
    heard = alarm(clock, operator)
    for _ in range(2 * KEEPS_FAILING):
        await heard.failed("now and then", "r")
        clock.advance(IN_A_ROW_S + 1)
    for _ in range(KEEPS_FAILING):
        for _ in range(KEEPS_FAILING - 1):
            await heard.failed("done at last", "r")
        heard.went_well("done at last")
    assert operator.told == []


async def test_what_storage_would_not_take_is_told_with_the_next_failure():
    clock, operator = SandboxClock(scale=0), Operator()
    heard = alarm(clock, operator)
    operator.is_full = True
    for _ in range(KEEPS_FAILING):
        await heard.failed("digging", "r")
    operator.is_full = False
    await heard.failed("digging", "r")
    assert [content["failures"] for _, content in operator.told] == [KEEPS_FAILING + 1]


async def test_a_fault_that_stops_a_hundred_pieces_of_work_is_told_once_an_hour():
    clock, operator = SandboxClock(scale=0), Operator()
    heard = alarm(clock, operator)

    async def all_fail() -> None:
        for _ in range(KEEPS_FAILING):
            for n in range(100):
                await heard.failed(f"watch {n}", "r")

    await all_fail()
    clock.advance(IN_A_ROW_S - 1)
    await all_fail()
    assert [content["work"] for _, content in operator.told] == ["watch 0"]
    clock.advance(QUIET_S)
    await all_fail()
    assert len(operator.told) == 2


async def test_a_piece_of_a_round_that_keeps_failing_is_told_too():
    clock, operator = SandboxClock(scale=0), Operator()
    heard = alarm(clock, operator)
    bad = Work(failures=2 * KEEPS_FAILING)
    good = Work(failures=0)
    good.go.set()
    for _ in range(KEEPS_FAILING):
        await one_by_one([("bad", bad), ("good", good)], heard)
    assert [content["work"] for _, content in operator.told] == ["bad"]
    assert good.begun == KEEPS_FAILING


@pytest.mark.parametrize(
    ("error", "level", "says"),
    [
        (FULL, logging.INFO, "looking: waits for storage: "),
        (StorageDamaged("a page"), logging.ERROR, "looking: meets the damaged part of the database: a page"),
        (KeyError("ours"), logging.ERROR, "looking failed, reference "),
    ],
)
async def test_work_that_is_done_again_and_again_outlives_whatever_it_meets(
    caplog: pytest.LogCaptureFixture, error: Exception, level: int, says: str
):
    caplog.set_level(logging.INFO)
    operator = Operator()
    watch = alarm(SandboxClock(scale=0), operator)
    for _ in range(KEEPS_FAILING):
        async with watch.watching("looking"):
            raise error
    assert {(one.levelno, one.message.startswith(says)) for one in caplog.records} == {(level, True)}
    # What waits for storage is told of by storage itself.
    assert len(operator.told) == isinstance(error, KeyError)
    async with watch.watching("looking"):
        pass
