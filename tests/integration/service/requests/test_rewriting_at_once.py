"""Prompts of one member that are to be rewritten at the same time: one after the other, and few of them."""

import asyncio
from typing import Any

import pytest

from bot.domain.jobs.job import Job
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import Options
from bot.domain.requests.rewriting import Enhanced, Fault, RewritingTerms
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone, OverQuota, Unavailable
from sandbox.dashscope import DashScopeStandIn
from tests.support.service import make_policy

TERMS = RewritingTerms("qwen3.7-flash", 200_000, 800_000, daily=9)
IMPROVE = Options("a cat", enhance=Enhance.IMPROVE)
REWRITTEN = "a cat, in soft evening light, finely detailed"
CROWDED = Enhanced(Enhance.IMPROVE, fault=Fault.WAITING)


async def test_of_a_member_one_prompt_is_rewritten_at_a_time_and_the_next_meets_what_it_holds(
    reopen: Any, vendor: DashScopeStandIn
):
    one_free = Rule(free_images=1, budget_micros=0, images_per_job=4, active_jobs=100, cooldown_s=0)
    async with reopen(make_policy(rewriting=TERMS, rule=one_free)) as service:
        gate, askers = vendor.faults.gate("text"), [service.asker(), service.asker(), service.asker(2)]
        asking = [asyncio.create_task(service.submitter.submit(IMPROVE, asker)) for asker in askers]
        await gate.reached.wait()
        # Who waits is not in the way of anybody else.
        elsewhere = await service.submitter.submit(IMPROVE, service.asker(server_id=2))
        gate.open()
        first, second, other = await asyncio.gather(*asking, return_exceptions=True)
        assert isinstance(second, OverQuota)
        assert isinstance(first, Job)
        assert isinstance(other, Job)
        assert elsewhere.request.prompt == REWRITTEN
    assert len(vendor.texts.calls) == 3


async def test_of_a_member_few_prompts_wait_to_be_rewritten_and_what_is_beyond_is_drawn_as_it_was_written(
    reopen: Any, vendor: DashScopeStandIn
):
    async with reopen(make_policy(rewriting=TERMS)) as service:
        gate = vendor.faults.gate("text")
        asking = [asyncio.create_task(service.submitter.submit(IMPROVE, service.asker())) for _ in range(6)]
        await gate.reached.wait()
        beyond = [(await asyncio.wait_for(job, timeout=5)).request.enhanced for job in asking[4:]]
        assert beyond == [CROWDED] * 2
        with pytest.raises(Unavailable) as refusal:
            await service.submitter.rewrite("a cat", Enhance.IMPROVE, service.asker())
        assert (refusal.value.key, refusal.value.values) == ("not-rewritten-waiting", {"limit": 4})
        # Who waits is not in the way of anybody else, nor once it is done of the next one.
        elsewhere = asyncio.create_task(service.submitter.submit(IMPROVE, service.asker(server_id=2)))
        gate.open()
        waited = await asyncio.gather(*asking[:4], elsewhere)
        assert [job.request.prompt for job in waited] == [REWRITTEN] * 5
        assert (await service.submitter.submit(IMPROVE, service.asker())).request.prompt == REWRITTEN
    assert len(vendor.texts.calls) == 6


async def test_of_many_prompts_one_that_is_delivered_a_second_time_is_still_rewritten_once(
    reopen: Any, vendor: DashScopeStandIn
):
    async with reopen(make_policy(rewriting=TERMS)) as service:
        done, submit, rewrite = service.asker(), service.submitter.submit, service.submitter.rewrite
        await rewrite("a cat", Enhance.IMPROVE, done)
        gate, looker, askers = vendor.faults.gate("text"), service.asker(), [service.asker() for _ in range(3)]
        looking = asyncio.create_task(rewrite("a cat", Enhance.IMPROVE, looker))
        asking = [asyncio.create_task(submit(IMPROVE, asker)) for asker in askers]
        await gate.reached.wait()
        async with asyncio.timeout(5):
            assert (await submit(IMPROVE, service.asker())).request.enhanced == CROWDED
            for again in (done, looker):
                with pytest.raises(AlreadyDone):
                    await rewrite("a cat", Enhance.IMPROVE, again)
            for again in askers:
                with pytest.raises(AlreadyDone):
                    await submit(IMPROVE, again)
        gate.open()
        assert (await looking).rewritten == REWRITTEN
        assert [job.request.prompt for job in await asyncio.gather(*asking)] == [REWRITTEN] * 3
    assert len(vendor.texts.calls) == 5
