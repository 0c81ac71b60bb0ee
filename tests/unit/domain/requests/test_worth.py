from dataclasses import replace

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Rule
from bot.domain.requests.worth import Worth, worth_of
from bot.domain.time.periods import PeriodKind

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
DAY = PeriodKind.DAY
DEFAULT = Rule(10, 0, 4, 10, 0)


@pytest.mark.parametrize(
    ("micros", "rule", "images", "members"),
    [
        (20_000_000, DEFAULT, 142, 15),
        # Two pictures more of each member's budget.
        (20_000_000, replace(DEFAULT, budget_micros=300_000), 142, 12),
        (1_400_000, DEFAULT, 10, 1),
        (1_540_000, DEFAULT, 11, 2),
        (139_999, DEFAULT, 0, 0),
        (20_000_000, replace(DEFAULT, free_images=0), 142, 0),
    ],
)
def test_a_pool_comes_to_pictures_and_to_members_who_empty_it(micros: int, rule: Rule, images: int, members: int):
    assert worth_of(micros, TURBO, rule, DAY) == Worth(TURBO.name, images, members, DAY)


def test_what_has_no_limit_or_price_comes_to_nothing_that_could_be_told():
    assert worth_of(None, TURBO, DEFAULT, DAY) is None
    assert worth_of(1, replace(TURBO, price_micros=0), DEFAULT, DAY) is None
