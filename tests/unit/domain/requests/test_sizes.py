"""Sizes within whatever limits a configuration sets."""

import math

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.domain.requests.sizes import Size, SizeRule

SIDES = st.integers(1, 8000)
PLACES = st.floats(0, 1)


def between(least: int, most: int, place: float) -> int:
    return least + round((most - least) * place)


@given(SIDES, SIDES, st.lists(PLACES, min_size=3, max_size=3), st.sampled_from([1.0, 2.5, math.inf]), SIDES, SIDES)
@example(512, 1440, [0.0, 0.2, 0.7], 2.8125, 1600, 400)
@example(272, 5792, [0.0, 0.0, 0.02], 8.0, 500, 500)
def test_what_is_drawn_of_a_picture_keeps_to_whatever_limits_there_are(
    a: int, b: int, places: list[float], max_ratio: float, width: int, height: int
):
    min_side, max_side = min(a, b), max(a, b)
    default = Size(*sorted(between(min_side, max_side, place) for place in places[:2]))
    assume(default.height <= default.width * max_ratio)
    area = default.width * default.height
    most = between(area, max_side**2, places[2])
    rule = SizeRule(min_side, max_side, area, most, max_ratio, {"default": default})
    for pixels in (None, 1024 * 1024, 1, 10**9):
        assert rule.admits(rule.fitting(width, height, pixels))
