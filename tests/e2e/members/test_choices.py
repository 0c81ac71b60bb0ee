"""Whatever is typed, the list that Discord is given is one that it takes."""

import pytest

ODD = ("\u202e", "\u2066\u2069", "\0", "\x07 \x08", "\u200b", " \u2800", "\u3000", "x" * 100, "a" * 101, "😀" * 60)


@pytest.mark.parametrize("typed", ODD)
async def test_a_list_is_taken_whatever_was_typed(world, typed):
    owner = world.member(world.discord.application_owner)
    for command, options, focused, known in (
        ("imagine", {"prompt": "x"}, "size", "16:9"),
        ("imagine", {"prompt": "x"}, "model", None),
        ("quota report", {}, "period", "current"),
        ("settings period", {}, "timezone", None),
        ("logs search", {}, "model", None),
    ):
        offered = await owner.autocomplete(command, {**options, focused: typed}, focused=focused, channel="general")
        assert all(1 <= len(one.name) <= 100 and 1 <= len(one.value) <= 100 for one in offered)
        if focused == "period":
            assert known in [one.value for one in offered]
