"""What the DashScope stand-in refuses, throttles, cuts, reports and bills."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from yarl import URL

from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome, Refusal, StandInModel, Status
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault

TURBO = "wanx2.1-t2i-turbo"
KEY = {"Authorization": "Bearer sk-sandbox"}
CREATE = "/services/aigc/text2image/image-synthesis"


class Caller:
    """Speaks plain HTTP to the stand-in, with as little comfort as a test can bear."""

    def __init__(self, vendor: DashScopeStandIn, clock: SandboxClock, session: aiohttp.ClientSession) -> None:
        self.vendor = vendor
        self.clock = clock
        self.session = session

    async def ask(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        kwargs.setdefault("headers", KEY)
        async with self.session.request(method, self.vendor.base_url + path, **kwargs) as answer:
            return answer.status, await answer.json(content_type=None)

    async def create(
        self, prompt: Any = "a cat", *, model: str = TURBO, headers: dict[str, str] | None = None, **params: Any
    ) -> tuple[int, Any]:
        body = {"model": model, "input": {"prompt": prompt}, "parameters": {"n": 1, **params}}
        headers = {**KEY, "X-DashScope-Async": "enable"} if headers is None else headers
        return await self.ask("POST", CREATE, json=body, headers=headers)

    async def created(self, prompt: Any = "a cat", **kwargs: Any) -> str:
        status, body = await self.create(prompt, **kwargs)
        assert status == 200, body
        # The next create shall not meet the rate limit.
        self.clock.advance(1)
        return body["output"]["task_id"]

    async def query(self, task_id: str) -> Any:
        status, body = await self.ask("GET", f"/tasks/{task_id}")
        assert status == 200
        return body

    async def finished(self, prompt: Any = "a cat", **kwargs: Any) -> Any:
        task_id = await self.created(prompt, **kwargs)
        self.clock.advance(300)
        return await self.query(task_id)


@asynccontextmanager
async def _served(**kwargs: Any) -> AsyncIterator[Caller]:
    clock = SandboxClock(scale=0)
    async with DashScopeStandIn(clock=clock, **kwargs) as vendor, aiohttp.ClientSession() as session:
        yield Caller(vendor, clock, session)


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with _served() as standing:
        yield standing


async def test_create_answers_with_the_recorded_headers(caller: Caller):
    body = {"model": TURBO, "input": {"prompt": "a cat"}}
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json; charset=utf-8"}
    async with caller.session.post(caller.vendor.base_url + CREATE, json=body, headers=headers) as answer:
        told = await answer.json()
        assert answer.headers["x-request-id"] == told["request_id"]
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["server"] == "istio-envoy"
        assert answer.headers["Transfer-Encoding"] == "chunked"
    assert told["output"]["task_status"] == "PENDING"
    assert set(told) == {"output", "request_id"}
    task = caller.vendor.tasks[told["output"]["task_id"]]
    assert (task.order.n, task.order.prompt_extend, task.order.watermark) == (4, True, False)


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


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X-DashScope-Async": "enable"}, 401, "InvalidApiKey"),
        ({"X-DashScope-Async": "enable", "Authorization": "Bearer sk-other"}, 401, "InvalidApiKey"),
        ({"X-DashScope-Async": "enable", "Authorization": "sk-sandbox"}, 401, "InvalidApiKey"),
        (KEY, 403, "AccessDenied"),
        ({**KEY, "X-DashScope-Async": "enable", "Content-Type": "text/plain"}, 400, "BadRequest.IllegalInput"),
    ],
)
async def test_headers_are_checked(caller: Caller, headers: dict[str, str], status: int, code: str):
    answered, body = await caller.create(headers=headers)
    assert (answered, body["code"]) == (status, code)
    assert caller.vendor.creates == 0


async def test_a_401_has_no_content_type(caller: Caller):
    async with caller.session.get(caller.vendor.base_url + "/tasks/1111") as answer:
        assert answer.status == 401
        assert "Content-Type" not in answer.headers
        assert answer.headers["X-Request-ID"] == (await answer.json(content_type=None))["request_id"]


@pytest.mark.parametrize(
    "params",
    [
        {"size": "1024x1024"},
        {"size": "511*1024"},
        {"size": "1024*1441"},
        {"size": 1024},
        {"n": 0},
        {"n": 5},
        {"n": "1"},
        {"n": True},
        {"seed": -1},
        {"seed": 2147483648},
        {"seed": 1.0},
        {"prompt_extend": "true"},
        {"watermark": 0},
    ],
)
async def test_parameters_are_checked(caller: Caller, params: dict[str, Any]):
    status, body = await caller.create(**params)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize("prompt", ["", "  ", None, 5, ["a cat"]])
async def test_a_prompt_must_be_a_text(caller: Caller, prompt: Any):
    status, body = await caller.create(prompt)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff"])
async def test_a_body_must_be_a_json_object(caller: Caller, data: bytes):
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    status, body = await caller.ask("POST", CREATE, data=data, headers=headers)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "BadRequest.EmptyModel"),
        ({"model": 5}, 400, "InvalidParameter"),
        ({"model": TURBO}, 400, "BadRequest.EmptyInput"),
        ({"model": TURBO, "input": "a cat"}, 400, "InvalidParameter"),
        ({"model": TURBO, "input": {"prompt": "a cat", "negative_prompt": 5}}, 400, "InvalidParameter"),
    ],
)
async def test_the_body_must_be_whole(caller: Caller, body: dict[str, Any], status: int, code: str):
    headers = {**KEY, "X-DashScope-Async": "enable"}
    answered, told = await caller.ask("POST", CREATE, json=body, headers=headers)
    assert (answered, told["code"]) == (status, code)


async def test_a_body_can_be_too_large(caller: Caller):
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    status, told = await caller.ask("POST", CREATE, data=io.BytesIO(bytes(2**20 + 1)), headers=headers)
    assert (status, told["code"]) == (400, "BadRequest.TooLarge")


async def test_unknown_parameters_are_ignored(caller: Caller):
    assert (await caller.create(style="<auto>", is_async=True))[0] == 200


async def test_sizes_of_wan25_go_by_area_and_ratio(caller: Caller):
    model = "wan2.5-t2i-preview"
    answers = [(await caller.create(model=model, size=size))[0] for size in ("1280*1280", "2560*720", "1024*1024")]
    assert answers == [200, 200, 400]
    assert (await caller.create(model=model, size="3000*600"))[0] == 400


async def test_an_unknown_model_and_an_unknown_path_are_404(caller: Caller):
    status, body = await caller.create(model="wanx9")
    assert (status, body["code"]) == (404, "ModelNotFound")
    assert (await caller.ask("POST", "/services/aigc/image-generation/generation"))[0] == 404
    assert (await caller.ask("GET", CREATE))[1]["code"] == "InvalidParameter"


async def test_prompts_are_cut_without_a_word(caller: Caller):
    done = await caller.finished("花" * 900, prompt_extend=False)
    assert done["output"]["results"][0]["orig_prompt"] == "花" * 800
    assert "actual_prompt" not in done["output"]["results"][0]


async def test_the_third_create_in_a_second_is_throttled():
    async with _served() as caller:
        answers = [await caller.create() for _ in range(3)]
        assert [status for status, _ in answers] == [200, 200, 429]
        assert answers[2][1]["code"] == "Throttling.RateQuota"
        assert (await caller.create(model="wanx2.1-t2i-plus"))[0] == 200
        caller.clock.advance(1)
        assert (await caller.create())[0] == 200
        assert caller.vendor.creates == 4


async def test_no_retry_after_is_sent(caller: Caller):
    body = {"model": TURBO, "input": {"prompt": "a cat"}}
    headers = {**KEY, "X-DashScope-Async": "enable"}
    for status in (200, 200, 429):
        async with caller.session.post(caller.vendor.base_url + CREATE, json=body, headers=headers) as answer:
            assert answer.status == status
            assert "Retry-After" not in answer.headers


async def test_queries_are_throttled_at_twenty_a_second(caller: Caller):
    answers = [(await caller.ask("GET", "/tasks/1111"))[0] for _ in range(21)]
    assert answers == [200] * 20 + [429]


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


async def test_creates_can_be_refused(caller: Caller):
    assert (await caller.create("[refuse]"))[1]["code"] == "DataInspectionFailed"
    assert (await caller.create("[ip]"))[1]["code"] == "IPInfringementSuspect"
    caller.clock.advance(1)
    caller.vendor.outcome_for(
        lambda order: "dog" in order.prompt, Outcome(refuse=Refusal(500, "InternalError", "no")), times=1
    )
    assert (await caller.create("a cat"))[0] == 200
    assert (await caller.create("a dog"))[0] == 500
    caller.clock.advance(1)
    assert (await caller.create("a dog"))[0] == 200


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
        }
    ]


async def test_a_create_that_is_cut_off_stands(caller: Caller):
    caller.vendor.faults.add("create", Fault(cut=True, when="after"))
    with pytest.raises(aiohttp.ClientError):
        await caller.create()
    assert caller.vendor.creates == 1
    assert [(entry.operation, entry.status) for entry in caller.vendor.requests] == [("create", None)]


async def test_a_create_can_be_held_after_its_effect(caller: Caller):
    gate = caller.vendor.faults.gate("create", when="after")
    held = asyncio.create_task(caller.create())
    await gate.reached.wait()
    assert caller.vendor.creates == 1
    assert not held.done()
    gate.open()
    assert (await held)[0] == 200


async def test_a_fault_comes_before_any_effect(caller: Caller):
    caller.vendor.faults.add("create", Fault(status=502, body=b'"bad gateway"'))
    assert (await caller.create())[0] == 502
    assert caller.vendor.creates == 0


async def test_the_request_log_hides_the_key(caller: Caller):
    await caller.create()
    (entry,) = caller.vendor.requests
    assert entry.headers["authorization"] == "Bearer ***"
    assert "sk-sandbox" not in repr(entry)


async def test_models_can_be_replaced():
    async with _served(models=[StandInModel("mine", 70_000, prompt_limit=500)]) as caller:
        done = await caller.finished("x" * 600, model="mine")
        assert done["output"]["results"][0]["orig_prompt"] == "x" * 500
        assert caller.vendor.billed_micros == 70_000
        assert (await caller.create())[0] == 404
