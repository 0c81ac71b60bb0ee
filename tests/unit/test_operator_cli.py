"""What the operator's commands say, without a process."""

from dataclasses import replace

import pytest

from bot import operator_cli
from bot.domain.requests.catalogue import BUILT_IN
from tests.support.service import make_policy

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}


@pytest.mark.parametrize(
    ("pool", "cap", "said"),
    [
        (None, 1_400_000, "The cap over all servers is about 10 pictures a month with wanx2.1-t2i-turbo."),
        (140_000, None, "A server's pool is about 1 picture a month with wanx2.1-t2i-turbo."),
        (None, None, "Neither servers.pool nor quota.operator_cap limits what a month may cost."),
    ],
)
def test_the_defaults_come_to_what_is_limited(pool: int | None, cap: int | None, said: str):
    policy = make_policy(catalogue=CATALOGUE, pool_micros=pool, cap_micros=cap)
    nothing = replace(policy.rule, free_images=0, budget_micros=0)
    assert operator_cli.comes_to(replace(policy, rule=nothing)) == said
