"""Hours without Discord, without the vendor, and without both; and a machine whose clock is set, back and ahead."""

import pytest

from sandbox.faults import Fault
from sandbox.weather import PAGE
from simulation.judging.judge import inspect
from tests.crash.stage import CUT_UPLOADS
from tests.soak.log import unexplained
from tests.soak.members import rush, traffic
from tests.soak.pace import SCALE
from tests.soak.stage import SEED, Soak, open_soak

MINUTE_S, HOUR_MS, DAY_MS = 60, 3600 * 1000, 24 * 3600 * 1000
TRAFFIC_S, OUTAGE_S = 12 * MINUTE_S, 60 * MINUTE_S
SETTLED_WITHIN_S = 60 * MINUTE_S

MEMBERS = 10
LEAST_JOBS = 150

SILENT = Fault(cut=True)
DEAF = Fault(cut=True, when="after")
"""What it is asked it does, and nobody hears of it."""
DOWN = Fault(status=503, body=PAGE, content_type="text/html")

STEPS_MS = [HOUR_MS, -HOUR_MS, -DAY_MS, DAY_MS]
"""What the clock is ahead by in turn; each is set while people ask, and again in an outage."""

OUTAGES: list[tuple[Fault | None, Fault | None]] = [(SILENT, None), (None, DEAF), (DOWN, DOWN), (DEAF, SILENT)]
"""Of Discord and of the vendor."""


@pytest.mark.slow
@pytest.mark.filterwarnings(CUT_UPLOADS)
@pytest.mark.timeout(1200)
async def test_hours_of_outage_and_a_clock_that_is_set_cost_no_image_and_leave_no_message_behind(tmp_path):
    print(f"\nSOAK_SEED={SEED}")  # noqa: T201 - what it takes to see the same weather again
    people = [f"member{index}" for index in range(MEMBERS)]
    async with open_soak(tmp_path, people) as soak:
        await soak.start_fresh()
        for turn, ((discord, vendor), ahead_ms) in enumerate(zip(OUTAGES, STEPS_MS, strict=True)):
            soak.darken(SEED + turn)
            await traffic(soak, people, soak.clock.monotonic() + TRAFFIC_S, SEED + turn)
            soak.wall.ahead_ms = ahead_ms
            await traffic(soak, people, soak.clock.monotonic() + TRAFFIC_S, SEED - turn - 1)
            soak.brighten()
            await rush(soak, people)
            await outage(soak, discord, vendor)
        await soak.all_is_done(within_s=SETTLED_WITHIN_S / SCALE)
        soak.wall.ahead_ms = 0
        await soak.end()
        print(soak.summary())  # noqa: T201 - what a failure is read by
        # What the vendor bills is the ledger's cost or held as doubtful, image by image; nothing was drawn twice; and
        # each message shows its job's last state.
        found = inspect(soak, swept=soak.swept, unexpected=unexplained(soak.log))
        assert len([state for state in found.states if state != "void"]) >= LEAST_JOBS
        assert {row["message_id"] for row in found.jobs if row["state"] == "undelivered"} <= soak.swept
        assert soak.rows("SELECT 1 FROM jobs WHERE doubt <> ''")


async def outage(soak: Soak, discord: Fault | None, vendor: Fault | None) -> None:
    """Let Discord, or the vendor, or both be away for an hour, in the middle of which the clock is set right again."""
    if discord is not None:
        # Webhooks know no nonce: a follow-up whose answer is lost may be seen twice, and the bot says so.
        soak.discord.faults.outage(discord, spares={"followup"} if discord is DEAF else ())
        soak.discord.drop_gateway(cut=True)
    if vendor is not None:
        soak.vendor.faults.outage(vendor)
    await soak.clock.sleep(OUTAGE_S / 2)
    soak.wall.ahead_ms = 0
    await soak.clock.sleep(OUTAGE_S / 2)
    soak.brighten()
    await soak.discord.until(lambda: soak.discord.connected, timeout_s=OUTAGE_S / SCALE)
