from collections.abc import Iterator
from time import tzset

import pytest

from bot.presentation.kit.discord_time import DiscordTime, token_end_ms
from sandbox.clock import SandboxClock, ShiftedClock

NOON = "Sun, 15 Nov 2026 12:00:00 GMT"
NOON_MS = 1_794_744_000_000
DAY_S = 86_400


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(scale=0)


def test_it_is_this_machines_time_until_discord_has_answered(clock: SandboxClock):
    assert DiscordTime(clock).now_ms() == clock.now_ms()


@pytest.mark.parametrize("step_s", [-DAY_S, DAY_S])
def test_what_discord_told_goes_on_whatever_this_machines_clock_is_set_to(clock: SandboxClock, step_s: int):
    machine = ShiftedClock(clock)
    time = DiscordTime(machine)
    time.hear(200, NOON)
    machine.ahead_s = step_s
    clock.advance(90)
    assert time.now_ms() == NOON_MS + 90_000
    assert time.serves("token", NOON_MS + 90_001)
    assert not time.serves("token", NOON_MS + 90_000)
    assert not time.serves("", NOON_MS + 90_001)


def test_the_newest_answer_counts(clock: SandboxClock):
    time = DiscordTime(clock)
    time.hear(200, NOON.replace("12:", "11:"))
    time.hear(404, NOON)
    assert time.now_ms() == NOON_MS


@pytest.fixture
def in_shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        tzset()
        yield
    tzset()


@pytest.mark.usefixtures("in_shanghai")
@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_a_date_is_universal_time_however_that_is_called(clock: SandboxClock, zone: str):
    time = DiscordTime(clock)
    time.hear(200, NOON.replace("GMT", zone))
    assert time.now_ms() == NOON_MS


@pytest.mark.parametrize(("status", "date"), [(502, NOON), (200, ""), (200, "yesterday"), (200, "Sun, 99 Nov 2026")])
def test_what_may_not_be_discords_word_tells_nothing(clock: SandboxClock, status: int, date: str):
    time = DiscordTime(clock)
    time.hear(status, date)
    assert time.now_ms() == clock.now_ms()


def test_a_token_ends_half_a_minute_before_its_quarter_of_an_hour_by_the_interactions_id():
    assert token_end_ms(175_928_847_299_117_063) == 1_462_015_105_796 + 870_000
