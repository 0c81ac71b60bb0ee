"""A create that the vendor is slow to answer, and a bot that ends meanwhile: nothing is drawn twice."""

import signal

import pytest

from sandbox.faults import Fault
from simulation.judging.judge import inspect
from tests.crash.acts import two_ask
from tests.crash.stage import CUT_UPLOADS, open_stage

SLOW_S = 60
"""Longer than a bot that is told to stop waits for a create, and the next one takes to start."""


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.filterwarnings(CUT_UPLOADS)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=lambda end: end.name)
async def test_a_bot_that_ends_while_a_create_is_answered_slowly_draws_nothing_twice(tmp_path, end: signal.Signals):
    async with open_stage(tmp_path, {}) as stage:
        stage.vendor.faults.add("create", Fault(delay_s=SLOW_S))
        await stage.start_fresh()
        await two_ask(stage)
        await stage.eventually(lambda: stage.rows("SELECT 1 FROM jobs WHERE state = 'submitting'"))
        await stage.clock.sleep(2)
        await stage.end_by(end)
        assert stage.vendor.creates == 0
        await stage.start_fresh()
        await stage.all_is_done()
        # What a bot that is too sure of itself would not wait for.
        await stage.clock.sleep(SLOW_S)
        await stage.end()
        found = inspect(stage)
    assert (found.states, stage.vendor.creates) == (["delivered", "delivered"], 2)
