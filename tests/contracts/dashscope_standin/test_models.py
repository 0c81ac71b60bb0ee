"""The DashScope stand-in's list of models."""

import pytest

from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import MODEL_NOT_FOUND
from sandbox.faults import Fault
from tests.support.contracts.vendor_caller import KEY, TURBO, Caller


async def test_a_model_is_listed_alone_where_it_is_asked_for(caller: Caller):
    status, body = await caller.ask("GET", f"/models?model={TURBO}&language=en-US")
    assert status == 200
    assert body["request_id"]
    assert {name: body["output"][name] for name in ("total", "page_no", "page_size")} == {
        "total": 1,
        "page_no": 1,
        "page_size": 20,
    }
    (row,) = body["output"]["models"]
    assert row["model"] == TURBO
    assert "inference_offline_info" not in row


async def test_all_models_are_listed_page_by_page(caller: Caller):
    pages = [(await caller.ask("GET", f"/models?page_no={no}&page_size=4"))[1]["output"] for no in range(1, 7)]
    names = [row["model"] for page in pages for row in page["models"]]
    assert names == [*caller.vendor.models, *caller.vendor.texts.models]
    assert {page["total"] for page in pages} == {len(names)}


async def test_a_day_of_retirement_and_an_absent_model_are_as_they_are_set(caller: Caller):
    caller.vendor.offline_times[TURBO] = "2026-12-24 00:00:00"
    _, body = await caller.ask("GET", f"/models?model={TURBO}")
    assert body["output"]["models"][0]["inference_offline_info"] == {"offline_time": "2026-12-24 00:00:00"}
    caller.vendor.unlisted.add(TURBO)
    _, body = await caller.ask("GET", f"/models?model={TURBO}")
    assert (body["output"]["total"], body["output"]["models"]) == (0, [])
    _, body = await caller.ask("GET", "/models?model=never-heard-of")
    assert body["output"]["models"] == []


async def test_what_is_not_listed_may_be_drawn_and_what_is_listed_refused(caller: Caller):
    caller.vendor.unlisted.add(TURBO)
    assert (await caller.create())[0] == 200
    caller.vendor.unlisted.clear()
    caller.clock.advance(1)
    caller.vendor.next_outcome(Outcome(refuse=MODEL_NOT_FOUND))
    assert (await caller.create())[1]["code"] == "ModelNotFound"
    assert (await caller.ask("GET", f"/models?model={TURBO}"))[1]["output"]["total"] == 1


@pytest.mark.parametrize(
    "query", ["colour=red", "language=de-DE", "page_no=0", "page_size=many", f"model={TURBO}&model={TURBO}"]
)
async def test_what_the_list_does_not_know_is_refused(caller: Caller, query: str):
    status, body = await caller.ask("GET", f"/models?{query}")
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk-wrong"}])
async def test_nobody_reads_the_list_without_the_key(caller: Caller, headers: dict[str, str]):
    status, body = await caller.ask("GET", f"/models?model={TURBO}", headers=headers)
    assert (status, body["code"]) == (401, "InvalidApiKey")


async def test_the_list_is_only_read_is_limited_and_breaks_as_scripted(caller: Caller):
    assert (await caller.ask("POST", "/models", json={}, headers=KEY))[1]["code"] == "InvalidParameter"
    caller.vendor.faults.add("models", Fault(status=503, body=b"{}"))
    statuses = [(await caller.ask("GET", f"/models?model={TURBO}"))[0] for _ in range(22)]
    assert statuses == [503, *[200] * 20, 429]
