import pytest

from bot.domain.jobs.lane import PROBE_DELAYS_S, probe_delay_ms
from bot.domain.servers.access import ServerAccess


@pytest.mark.parametrize(
    ("access", "is_admitted"),
    [
        (ServerAccess(None), True),
        (ServerAccess(frozenset()), False),
        (ServerAccess(frozenset({10})), True),
        (ServerAccess(frozenset({11})), False),
        (ServerAccess(frozenset(), frozenset({20})), True),
        (ServerAccess(frozenset(), frozenset({10})), False),
    ],
)
def test_a_server_is_admitted_by_its_id_or_its_owner(access: ServerAccess, is_admitted: bool):
    assert access.admits(server_id=10, server_owner_id=20) is is_admitted


def test_a_stopped_lane_is_tried_ever_more_rarely_and_then_every_quarter_hour():
    delays = [probe_delay_ms(probes) for probes in range(8)]
    assert delays == [60_000, 120_000, 300_000, 600_000, 900_000, 900_000, 900_000, 900_000]
    assert delays[-1] == PROBE_DELAYS_S[-1] * 1000
