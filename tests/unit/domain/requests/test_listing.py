from datetime import UTC, datetime

from bot.domain.requests.catalogue import BUILT_IN, taking_pictures, with_last
from bot.domain.requests.listing import Listing
from bot.domain.time.durations import DAY_MS

ENDS_MS = int(datetime(2026, 12, 23, 16, tzinfo=UTC).timestamp() * 1000)


def test_the_last_day_is_the_vendors():
    assert Listing(is_listed=True, ends_ms=ENDS_MS).last_day == "2026-12-24"
    assert Listing(is_listed=True, ends_ms=ENDS_MS - 1).last_day == "2026-12-23"


def test_an_end_is_ahead_from_so_many_days_before_until_it_comes():
    listing = Listing(is_listed=True, ends_ms=ENDS_MS)
    begins_ms = ENDS_MS - 3 * DAY_MS
    assert [listing.ends_within(3, now_ms) for now_ms in (begins_ms - 1, begins_ms, ENDS_MS - 1, ENDS_MS)] == [
        False,
        True,
        True,
        False,
    ]


def test_no_end_is_never_ahead():
    assert not Listing(is_listed=True).ends_within(30, 0)
    assert not Listing(is_listed=True).ends_within(30, ENDS_MS)


def test_models_that_come_last_keep_their_order_and_are_all_there():
    first, second, third, *rest = BUILT_IN
    assert list(with_last(BUILT_IN, {third, first})) == [second, *rest, first, third]
    assert with_last(BUILT_IN, set(BUILT_IN)) == BUILT_IN
    assert list(with_last(BUILT_IN, set())) == list(BUILT_IN)
    first, *others = taking_pictures(BUILT_IN)
    assert list(taking_pictures(with_last(BUILT_IN, {first}))) == [*others, first]
