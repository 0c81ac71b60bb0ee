"""The DashScope stand-in's newer protocol: what it takes, what it refuses, and how its tasks answer."""

from typing import Any

import pytest

from sandbox.dashscope import DEFAULT_MODELS, Failure, Outcome
from sandbox.dashscope.models import EDIT, NEW, OLD, SYNC
from sandbox.dashscope.outcomes import FailurePlace
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from tests.support.contracts.vendor_caller import CREATE, EDITS, GENERATE, KEY, NEWER, TURBO, Caller, said, uri
from tests.support.handed_in import png

WAN27, PRO = "wan2.7-image", "wan2.7-image-pro"


async def test_a_create_is_answered_as_in_the_older_protocol(caller: Caller):
    status, body = await caller.generate()
    assert status == 200
    assert set(body) == {"output", "request_id"}
    assert set(body["output"]) == {"task_status", "task_id"}


async def test_what_is_left_out_has_the_documented_default(caller: Caller):
    older = (await caller.generated()).order
    assert (older.n, older.width, older.height) == (4, 1280, 1280)
    assert (older.prompt_extend, older.thinking, older.watermark, older.seed) == (True, False, False, None)
    for model in (WAN27, PRO):
        newer = (await caller.generated(model=model)).order
        assert (newer.n, newer.width, newer.height) == (1, 2048, 2048)
        assert (newer.prompt_extend, newer.thinking, newer.watermark) == (False, True, False)


async def test_a_series_is_of_twelve_unless_something_else_is_said(caller: Caller):
    series = (await caller.generated(model=WAN27, enable_sequential=True)).order
    assert (series.n, series.thinking) == (12, False)
    assert (await caller.generate(model=WAN27, enable_sequential=True, n=13))[0] == 400


@pytest.mark.parametrize(("most", "drawn"), [(1, 1), (4, 3), (12, 9)])
async def test_the_service_picks_how_many_images_a_series_has(caller: Caller, most: int, drawn: int):
    caller.vendor.free_tiers[WAN27].used = 50
    task = await caller.generated(model=WAN27, enable_sequential=True, n=most, size="768*768")
    caller.clock.advance(600)
    assert caller.vendor.billed_micros == drawn * 200_000
    assert (len(task.images), task.image_count) == (drawn, drawn)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"size": "2K"}, 200),
        ({"size": "4K"}, 400),
        ({"size": "2048*2049"}, 400),
        ({"thinking_mode": False}, 400),
        ({"thinking_mode": True}, 400),
    ],
)
async def test_a_series_has_two_k_at_most_and_is_not_thought_about(caller: Caller, params: dict[str, Any], status: int):
    assert (await caller.generate(model=PRO, enable_sequential=True, n=2, **params))[0] == status


@pytest.mark.parametrize("model", [model.name for model in DEFAULT_MODELS])
async def test_each_model_has_one_path_at_which_it_makes_tasks(caller: Caller, model: str):
    limits = caller.vendor.models[model].pictures
    images = [uri(png((520, 520)))] if limits is not None and limits.least else []
    function = {"function": "description_edit", "base_image_url": images[0]} if images else {}
    parts = [{"image": image} for image in images]
    asked = [
        (await caller.ask("POST", path, json=body, headers={**KEY, "X-DashScope-Async": "enable"}))
        for path, body in (
            (CREATE, {"model": model, "input": {"prompt": "a cat"}}),
            (EDITS, {"model": model, "input": {"prompt": "a cat", "images": images, **function}}),
            (GENERATE, {"model": model, "input": {"messages": [said(*parts, {"text": "a cat"})]}}),
        )
    ]
    url_error = (400, "InvalidParameter", "url error, please check url！")
    not_so = (403, "AccessDenied", "current user api does not support asynchronous calls.")
    expected = {
        OLD: (200, url_error, url_error),
        EDIT: (url_error, 200, url_error),
        NEW: (url_error, url_error, 200),
        SYNC: (url_error, url_error, not_so),
    }
    told = tuple(status if status == 200 else (status, body["code"], body["message"]) for status, body in asked)
    assert told == expected[caller.vendor.models[model].service]


async def test_models_that_are_served_nowhere_here_are_told_apart(caller: Caller):
    assert (await caller.generate(model="wan2.6-video"))[1]["message"].startswith("url error")
    assert (await caller.generate(model="wanx9"))[1]["code"] == "ModelNotFound"


async def test_without_the_asynchronous_header_it_is_refused(caller: Caller):
    status, body = await caller.generate(headers=KEY)
    assert (status, body["code"]) == (403, "AccessDenied")
    assert body["message"] == "current user api does not support synchronous calls."


async def test_another_method_is_not_supported(caller: Caller):
    for path in (CREATE, EDITS, GENERATE):
        assert (await caller.ask("GET", path))[1]["code"] == "InvalidParameter"


@pytest.mark.parametrize(
    "messages",
    [
        None,
        [],
        "a cat",
        ["a cat"],
        [said({"text": "a cat"}), said({"text": "a dog"})],
        [said({"text": "a cat"}, role="assistant")],
        [{"content": [{"text": "a cat"}]}],
        [{"role": "user"}],
        [{"role": "user", "content": "a cat"}],
        [said()],
        [said("a cat")],
        [said({"image": "https://x/a.png"})],
        [said({"text": "a cat"}, {"text": "a dog"})],
        [said({"text": "a cat"}, {"image": "https://x/a.png"})],
        [said({"text": ""})],
        [said({"text": "  "})],
        [said({"text": None})],
        [said({"text": 5})],
    ],
)
async def test_there_must_be_one_message_of_the_user_with_one_text(caller: Caller, messages: Any):
    status, body = await caller.generate(messages)
    assert (status, body["code"]) == (400, "InvalidParameter")
    assert caller.vendor.creates == 0


@pytest.mark.parametrize("model", [NEWER, WAN27])
@pytest.mark.parametrize(
    "params",
    [{"n": 0}, {"n": 5}, {"n": "1"}, {"seed": -1}, {"seed": 2**31}, {"watermark": 0}, {"size": 1280}, {"size": "3K"}],
)
async def test_parameters_are_checked(caller: Caller, model: str, params: dict[str, Any]):
    status, body = await caller.generate(model=model, **params)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("model", "size", "is_drawn"),
    [
        (NEWER, "768*2700", True),
        (NEWER, "1024*1024", False),
        (NEWER, "2K", False),
        (WAN27, "768*768", True),
        (WAN27, "767*768", False),
        (WAN27, "272*2176", True),
        (WAN27, "260*2340", False),
        (WAN27, "1K", True),
        (WAN27, "4K", False),
        (WAN27, "2048*2049", False),
        (PRO, "4096*4096", True),
        (PRO, "4096*4097", False),
        (PRO, "4K", True),
    ],
)
async def test_each_model_draws_its_own_sizes(caller: Caller, model: str, size: str, is_drawn: bool):
    assert (await caller.generate(model=model, size=size))[0] == (200 if is_drawn else 400)


@pytest.mark.parametrize(
    ("model", "params", "status"),
    [
        (NEWER, {"negative_prompt": 5}, 400),
        (NEWER, {"prompt_extend": "true"}, 400),
        (NEWER, {"thinking_mode": "yes", "enable_sequential": 5}, 200),
        (WAN27, {"negative_prompt": 5, "prompt_extend": "true"}, 200),
        (WAN27, {"thinking_mode": "yes"}, 400),
        (WAN27, {"enable_sequential": 5}, 400),
    ],
)
async def test_what_a_model_does_not_know_is_ignored(caller: Caller, model: str, params: dict[str, Any], status: int):
    assert (await caller.generate(model=model, **params))[0] == status


@pytest.mark.parametrize(("model", "limit"), [(NEWER, 2100), (WAN27, 5000), (PRO, 5000)])
async def test_prompts_are_cut_without_a_word(caller: Caller, model: str, limit: int):
    task = await caller.generated([said({"text": "花" * (limit + 1)})], model=model, negative_prompt="雨" * 600)
    assert len(task.prompt) == limit
    assert len(task.order.negative_prompt) == (500 if model == NEWER else 0)


async def test_a_task_answers_with_choices_and_without_results_or_figures(caller: Caller):
    task = await caller.generated(n=2, model=WAN27, size="2560*1440")
    running = (await caller.query(task.task_id))["output"]
    assert set(running) == {"task_id", "task_status", "submit_time", "scheduled_time"}
    caller.clock.advance(60)
    done = await caller.query(task.task_id)
    output = done["output"]
    assert set(output) == {"task_id", "task_status", "submit_time", "scheduled_time", "end_time", "finished", "choices"}
    assert output["finished"] is True
    for choice in output["choices"]:
        assert choice["finish_reason"] == "stop"
        (part,) = choice["message"]["content"]
        assert (choice["message"]["role"], part["type"]) == ("assistant", "image")
    assert [choice["message"]["content"][0]["image"] for choice in output["choices"]] == task.images
    assert done["usage"] == {
        "size": "2560*1440",
        "total_tokens": 11017,
        "image_count": 2,
        "output_tokens": 2,
        "input_tokens": 11015,
    }


async def test_wan26_counts_no_tokens(caller: Caller):
    task = await caller.generated(n=1)
    caller.clock.advance(60)
    usage = (await caller.query(task.task_id))["usage"]
    assert usage == {"size": "1280*1280", "total_tokens": 0, "image_count": 1, "output_tokens": 0, "input_tokens": 0}


async def test_images_that_fail_are_left_out_and_not_billed(caller: Caller):
    caller.vendor.free_tiers[PRO].used = 50
    caller.vendor.next_outcome(Outcome(failed_images={0: OUTPUT_INAPPROPRIATE}))
    task = await caller.generated(n=3, model=PRO)
    caller.clock.advance(60)
    done = await caller.query(task.task_id)
    assert (len(done["output"]["choices"]), done["usage"]["image_count"]) == (2, 2)
    assert caller.vendor.billed_micros == 2 * 500_000


@pytest.mark.parametrize("place", ["output", "top", "results"])
async def test_a_failed_task_says_why(caller: Caller, place: FailurePlace):
    why = {"code": "InternalError.Algo", "message": "no"}
    caller.vendor.next_outcome(Outcome(fail=Failure(**why), fail_said=place))
    task = await caller.generated(n=1)
    caller.clock.advance(60)
    told = await caller.query(task.task_id)
    assert told["output"]["task_status"] == "FAILED"
    assert not {"results", "task_metrics"} & set(told["output"])
    said_there = {
        "output": told["output"],
        "top": told,
        "results": told["output"].get("choices", [{"message": {"content": [{}]}}])[0]["message"]["content"][0],
    }[place]
    assert said_there.items() >= why.items()


async def test_a_success_can_be_told_without_its_choices(caller: Caller):
    caller.vendor.next_outcome(Outcome(empty_reads=1))
    task = await caller.generated(n=1)
    caller.clock.advance(60)
    empty = await caller.query(task.task_id)
    assert empty["output"]["choices"] is None
    assert "usage" not in empty
    assert (await caller.query(task.task_id))["output"]["choices"]


async def test_the_list_names_the_protocol_of_each_task(caller: Caller):
    await caller.generated()
    await caller.created(model=TURBO)
    _, body = await caller.ask("GET", "/tasks")
    keys = [entry["user_api_unique_key"] for entry in body["data"]]
    assert keys == [
        f"apikey:v1:aigc:text2image:image-synthesis:{TURBO}",
        f"apikey:v1:aigc:image-generation:generation:{NEWER}",
    ]


async def test_thinking_takes_time(caller: Caller):
    plain, thinking = [
        await caller.generated(model=WAN27, seed=1, thinking_mode=thinking) for thinking in (False, True)
    ]
    assert 3000 <= thinking.service_ms - plain.service_ms <= 4000
