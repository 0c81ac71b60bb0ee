import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.privacy import (
    ARCHIVE_OVERHEAD_BYTES,
    ENTRY_OVERHEAD_BYTES,
    keyed_hash,
    refuse_under_way,
    spread,
)
from bot.errors import MemberError

ROOM = 10_000


@given(st.lists(st.integers(0, 2 * ROOM), max_size=40))
def test_every_entry_is_in_one_part_in_its_order_or_named_as_too_large_and_no_part_is_over_the_limit(sizes):
    parts, too_large = spread(sizes, ROOM)
    carried = [place for part in parts for place in part]
    assert carried == sorted(carried)
    assert sorted([*carried, *too_large]) == list(range(len(sizes)))
    for part in parts:
        assert part
        assert ARCHIVE_OVERHEAD_BYTES + sum(sizes[place] + ENTRY_OVERHEAD_BYTES for place in part) <= ROOM
    for place in too_large:
        assert ARCHIVE_OVERHEAD_BYTES + sizes[place] + ENTRY_OVERHEAD_BYTES > ROOM


@given(st.lists(st.integers(0, ROOM), max_size=20), st.integers(0, ROOM))
def test_what_is_added_at_the_end_leaves_the_earlier_parts_as_they_were(sizes, added):
    before, _ = spread(sizes, ROOM)
    after, _ = spread([*sizes, added], ROOM)
    assert after[: max(0, len(before) - 1)] == before[: max(0, len(before) - 1)]


def test_a_hash_tells_members_and_keys_apart_and_is_the_same_each_time():
    assert keyed_hash(b"k" * 32, 1) == keyed_hash(b"k" * 32, 1)
    assert len({keyed_hash(key, member) for key in (b"k" * 32, b"l" * 32) for member in (1, 2, 12)}) == 6
    assert len(keyed_hash(b"k" * 32, 1)) == 32


def test_a_refusal_names_at_most_ten_jobs_and_counts_all():
    refuse_under_way([])
    with pytest.raises(MemberError) as refused:
        refuse_under_way(range(1, 13))
    assert refused.value.key == "forget-under-way"
    assert refused.value.values["jobs"] == 12
    assert str(refused.value.values["numbers"]).endswith("#9, #10")
