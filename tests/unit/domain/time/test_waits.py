import pytest

from bot.domain.time.waits import LONGEST_RETRY_S, back_off_s, left_ms


@pytest.mark.parametrize(("failures", "expected_s"), [(0, 2), (1, 2), (2, 4), (3, 8), (8, 256), (9, LONGEST_RETRY_S)])
def test_waits_double_with_each_failure(failures: int, expected_s: float):
    assert back_off_s(failures, 2.0) == expected_s


def test_what_has_failed_for_a_year_waits_for_five_minutes():
    assert back_off_s(100_000, 2.0) == LONGEST_RETRY_S


@pytest.mark.parametrize(
    ("due_ms", "expected_ms"),
    [(999, 0), (1000, 0), (1001, 1), (1050, 50), (1051, 0), (10**9, 0)],
    ids=["over", "just over", "nearly", "just begun", "longer than any is", "a day off"],
)
def test_a_wait_is_never_longer_than_such_a_wait_can_be(due_ms: int, expected_ms: int):
    assert left_ms(due_ms, 1000, 50) == expected_ms
