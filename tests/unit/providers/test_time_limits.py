"""How long a create may take, from its claim to what it starts."""

from bot.domain.jobs.matching import LATER_MS
from bot.providers.dashscope.client import CREATE_TIMEOUT_S, PICTURES_TIMEOUT_S
from bot.service.vendor.dispatcher import LONGEST_HANDOVER_MS

GATEWAY_S = 298
"""What the vendor's gateway allows itself once it has a request."""


def test_whatever_a_create_starts_it_starts_while_it_is_looked_for():
    longest_s = max(CREATE_TIMEOUT_S, PICTURES_TIMEOUT_S)
    assert LONGEST_HANDOVER_MS / 1000 + longest_s + GATEWAY_S < LATER_MS / 1000
