"""How the DashScope stand-in's tasks go on: states, cancels, the list, outcomes and the bill."""

from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from yarl import URL

from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome, Status
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from tests.support.contracts.vendor_caller import KEY, TURBO, Caller


async def test_states_follow_the_clock(caller: Caller):
    task_id = await caller.created("一只猫", n=2)
    running = await caller.query(task_id)
    assert running["output"]["task_status"] == "RUNNING"
    assert running["output"]["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 0, "FAILED": 0}
    caller.clock.advance(60)
    done = (await caller.query(task_id))["output"]
    assert done["task_status"] == "SUCCEEDED"
    assert [result["orig_prompt"] for result in done["results"]] == ["一只猫"] * 2
    assert all(result["actual_prompt"].startswith("一只猫") for result in done["results"])
    assert len(done["submit_time"]) == len("2024-03-01 17:38:24.817")


async def test_the_same_prompt_and_seed_take_the_same_time(caller: Caller):
    first, second, other = [
        caller.vendor.tasks[await caller.created(prompt, seed=5, prompt_extend=False)]
        for prompt in ("a cat", "a cat", "a dog")
    ]
    assert first.service_ms == second.service_ms != other.service_ms
    assert 8000 <= first.service_ms <= 20000


async def test_two_tasks_run_and_the_rest_wait_in_order(caller: Caller):
    caller.vendor.outcome_for(lambda _: True, Outcome(service_s=100))
    ids = [await caller.created() for _ in range(5)]
    tasks = [caller.vendor.tasks[task_id] for task_id in ids]
    assert [task.status for task in tasks] == ["RUNNING"] * 2 + ["PENDING"] * 3
    assert "scheduled_time" not in (await caller.query(ids[2]))["output"]
    caller.clock.advance(1000)
    assert [caller.vendor.tasks[task_id].status for task_id in ids] == ["SUCCEEDED"] * 5
    # One leap of the clock, and yet each began when a place came free.
    assert tasks[2].scheduled_ms == tasks[0].end_ms
    assert tasks[3].scheduled_ms == tasks[1].end_ms
    assert tasks[4].scheduled_ms == tasks[2].end_ms


async def test_a_model_that_is_narrowed_lets_tasks_wait_until_it_is_as_wide_as_ever(caller: Caller):
    caller.vendor.narrow(0)
    ids = [await caller.created() for _ in range(3)]
    caller.clock.advance(1000)
    assert [caller.vendor.tasks[task_id].status for task_id in ids] == ["PENDING"] * 3
    caller.vendor.narrow(None)
    assert [caller.vendor.tasks[task_id].status for task_id in ids] == ["RUNNING"] * 2 + ["PENDING"]


async def test_until_wakes_when_time_brings_a_change():
    async with DashScopeStandIn(clock=SandboxClock(scale=200)) as vendor, aiohttp.ClientSession() as session:
        task_id = await Caller(vendor, SandboxClock(), session).created()
        await vendor.until(lambda: vendor.tasks[task_id].status is Status.SUCCEEDED)


async def test_only_a_pending_task_is_cancelled_and_it_costs_nothing(caller: Caller):
    ids = [await caller.created() for _ in range(3)]
    status, body = await caller.ask("POST", f"/tasks/{ids[2]}/cancel")
    assert status == 200
    assert set(body) == {"request_id"}
    status, body = await caller.ask("POST", f"/tasks/{ids[0]}/cancel")
    assert (status, body["code"]) == (400, "UnsupportedOperation")
    caller.clock.advance(300)
    assert (await caller.query(ids[2]))["output"]["task_status"] == "CANCELED"
    assert {line.task_id for line in caller.vendor.bill()} == set(ids[:2])


async def test_a_cancel_can_come_too_late_for_the_bill(caller: Caller):
    caller.vendor.next_outcome(Outcome(ignores_cancel=True))
    _, body = await caller.create()
    assert (await caller.ask("POST", f"/tasks/{body['output']['task_id']}/cancel"))[0] == 200
    caller.clock.advance(300)
    assert (await caller.query(body["output"]["task_id"]))["output"]["task_status"] == "SUCCEEDED"
    assert len(caller.vendor.bill()) == 1


async def test_the_list_filters_and_pages(caller: Caller):
    ids = [await caller.created() for _ in range(3)]
    plus = await caller.created(model="wanx2.1-t2i-plus")
    status, body = await caller.ask("GET", "/tasks/", params={"model_name": TURBO, "page_size": "2"})
    assert status == 200
    assert (body["total"], body["total_page"], body["page_no"], body["page_size"]) == (3, 2, 1, 2)
    assert [entry["task_id"] for entry in body["data"]] == [ids[2], ids[1]]
    _, body = await caller.ask("GET", "/tasks", params={"model_name": TURBO, "page_size": "2", "page_no": "2"})
    assert [entry["task_id"] for entry in body["data"]] == [ids[0]]
    assert body["data"][0]["gmt_create"] == caller.vendor.tasks[ids[0]].submit_ms
    _, body = await caller.ask("GET", "/tasks", params={"status": "PENDING"})
    assert [entry["task_id"] for entry in body["data"]] == [ids[2]]
    _, body = await caller.ask("GET", "/tasks", params={"task_id": plus})
    assert body["data"][0]["user_api_unique_key"].endswith(":image-synthesis:wanx2.1-t2i-plus")


async def test_a_list_that_lags_names_a_task_only_after_a_while(caller: Caller):
    caller.vendor.list_lag_s = 600
    task_id = await caller.created()
    assert (await caller.ask("GET", "/tasks"))[1]["data"] == []
    caller.clock.advance(601)
    _, body = await caller.ask("GET", "/tasks")
    assert [entry["task_id"] for entry in body["data"]] == [task_id]


async def test_the_list_filters_by_beijing_time(caller: Caller):
    first = await caller.created()
    caller.clock.advance(3600)
    second = await caller.created()
    # The query tells local time: what it says, without the punctuation, is what the filter takes.
    told = (await caller.query(second))["output"]["submit_time"]
    start = "".join(char for char in told[:19] if char.isdecimal())
    _, body = await caller.ask("GET", "/tasks", params={"start_time": start})
    assert [entry["task_id"] for entry in body["data"]] == [second]
    told = (await caller.query(first))["output"]["submit_time"]
    end = "".join(char for char in told[:19] if char.isdecimal())
    _, body = await caller.ask("GET", "/tasks", params={"end_time": end})
    assert [entry["task_id"] for entry in body["data"]] == [first]
    for wrong in (
        {"start_time": "yesterday"},
        {"start_time": "20261101000000", "end_time": "20261103000000"},
        {"page_no": "0"},
    ):
        assert (await caller.ask("GET", "/tasks", params=wrong))[0] == 400


@pytest.mark.parametrize("ahead_s", [5 * 3600, -5 * 3600])
async def test_all_that_the_vendor_dates_follows_a_clock_of_its_own(caller: Caller, ahead_s: int):
    caller.vendor.ahead_s = ahead_s
    task_id = await caller.created()
    _, body = await caller.ask("GET", "/tasks", params={"task_id": task_id})
    assert body["data"][0]["gmt_create"] == caller.clock.now_ms() - 1000 + ahead_s * 1000
    async with caller.session.get(caller.vendor.base_url + "/tasks", headers=KEY) as answer:
        date = parsedate_to_datetime(answer.headers["Date"])
    assert int(date.timestamp()) == caller.clock.now_ms() // 1000 + ahead_s
    caller.clock.advance(300)
    url = (await caller.query(task_id))["output"]["results"][0]["url"]
    async with caller.session.get(URL(url, encoded=True)) as answer:
        assert answer.status == 200
    # The rate is counted by what passes, not by the time of day.
    caller.vendor.ahead_s = -ahead_s
    assert [(await caller.create())[0] for _ in range(3)] == [200, 200, 429]


async def test_tasks_vanish_after_a_day(caller: Caller):
    task_id = await caller.created()
    caller.clock.advance(24 * 3600)
    assert (await caller.query(task_id))["output"] == {"task_id": task_id, "task_status": "UNKNOWN"}
    assert (await caller.ask("GET", "/tasks"))[1]["total"] == 0


async def test_a_task_that_takes_three_hours_fails(caller: Caller):
    caller.vendor.next_outcome(Outcome(service_s=4 * 3600))
    task_id = await caller.created()
    caller.clock.advance(3 * 3600)
    assert (await caller.query(task_id))["output"]["code"] == "InternalError.Timeout"


async def test_a_task_that_waits_three_hours_fails(caller: Caller):
    caller.vendor.outcome_for(lambda _: True, Outcome(service_s=4 * 3600), times=2)
    ids = [await caller.created() for _ in range(3)]
    caller.clock.advance(3 * 3600)
    assert (await caller.query(ids[2]))["output"]["code"] == "InternalError.Timeout"
    assert caller.vendor.bill() == []


async def test_a_failed_task_is_200_and_free(caller: Caller):
    done = await caller.finished("a cat [fail]", n=4)
    assert done["output"]["task_status"] == "FAILED"
    assert done["output"]["code"] == "InternalError.Algo"
    assert done["output"]["task_metrics"] == {"TOTAL": 4, "SUCCEEDED": 0, "FAILED": 4}
    assert "usage" not in done
    assert "results" not in done["output"]
    assert caller.vendor.bill() == []


async def test_a_partly_failed_task_succeeds_and_bills_what_came(caller: Caller):
    done = await caller.finished("a cat [partial]", n=4)
    assert done["output"]["task_status"] == "SUCCEEDED"
    assert ["url" in result for result in done["output"]["results"]] == [True, True, False, False]
    assert set(done["output"]["results"][3]) == {"code", "message"}
    assert done["usage"] == {"image_count": 2}
    assert [line.images for line in caller.vendor.bill()] == [2]


async def test_scripted_outcomes_shape_single_tasks(caller: Caller):
    broken = OUTPUT_INAPPROPRIATE
    caller.vendor.next_outcome(Outcome(failed_images={0: broken}, image_count=3))
    done = await caller.finished(n=2)
    assert done["output"]["results"][0]["code"] == "DataInspectionFailed"
    assert done["usage"] == {"image_count": 3}
    caller.vendor.next_outcome(Outcome(all_images_fail=broken))
    done = await caller.finished(n=2)
    assert done["usage"] == {"image_count": 0}
    caller.vendor.next_outcome(Outcome(same_url=True))
    done = await caller.finished(n=2)
    assert len({result["url"] for result in done["output"]["results"]}) == 1
    assert [line.images for line in caller.vendor.bill()] == [3, 2]


async def test_reports_can_run_backwards(caller: Caller):
    caller.vendor.next_outcome(Outcome(reports=("RUNNING", "PENDING", "UNKNOWN")))
    task_id = await caller.created()
    caller.clock.advance(300)
    told = [(await caller.query(task_id))["output"]["task_status"] for _ in range(4)]
    assert told == ["RUNNING", "PENDING", "UNKNOWN", "SUCCEEDED"]
    caller.vendor.next_outcome(Outcome(unknown=True))
    assert (await caller.finished())["output"]["task_status"] == "UNKNOWN"
    assert len(caller.vendor.bill()) == 2


async def test_a_slow_task_takes_ten_times_as_long(caller: Caller):
    slow, usual = [caller.vendor.tasks[await caller.created(prompt, seed=1)] for prompt in ("[slow] a cat", "a cat")]
    assert slow.service_ms >= 80_000 > usual.service_ms


async def test_an_overdue_account_creates_nothing(caller: Caller):
    caller.vendor.arrears = True
    assert (await caller.create())[1]["code"] == "Arrearage"
    assert (await caller.ask("GET", "/tasks"))[0] == 200


async def test_the_free_tier_goes_first(caller: Caller):
    caller.vendor.free_tiers[TURBO].used = 497
    await caller.finished(n=4)
    (line,) = caller.vendor.bill()
    assert (line.images, line.free_images, line.cost_micros) == (4, 3, 140_000)
    assert caller.vendor.billed_micros == 140_000
    caller.vendor.free_tier_only = {TURBO}
    status, body = await caller.create()
    assert (status, body["code"]) == (403, "AllocationQuota.FreeTierOnly")


async def test_an_expired_free_tier_covers_nothing(caller: Caller):
    caller.vendor.free_tiers[TURBO].expires_ms = caller.clock.now_ms()
    await caller.finished(n=1)
    assert caller.vendor.billed_micros == 140_000


async def test_the_bill_can_be_read_in_a_browser(caller: Caller):
    done = await caller.finished(n=2)
    async with caller.session.get(caller.vendor.base_url.removesuffix("/api/v1") + "/sandbox/bill") as answer:
        bill = await answer.json()
    assert bill["billed_micros"] == 0
    assert bill["lines"] == [
        {
            "task_id": done["output"]["task_id"],
            "model": TURBO,
            "images": 2,
            "free_images": 2,
            "cost_micros": 0,
            "inputs": 0,
        }
    ]
