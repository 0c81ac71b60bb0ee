"""The models that answer with their pictures, and those whose price varies, over real sockets."""

from typing import Any

import pytest

from bot.domain.requests.catalogue import BUILT_IN, MOST_IMAGES
from bot.domain.requests.prices import price_of
from sandbox.dashscope import Failure, Outcome
from sandbox.faults import Fault
from tests.support.world import World, open_world

SYNCHRONOUS = [name for name, model in BUILT_IN.items() if model.protocol.is_synchronous]
QWEN, Z, PRO = "qwen-image-2.0", "z-image-turbo", "qwen-image-3.0-pro"
ALL = {name: {} for name, model in BUILT_IN.items() if not model.is_offered}
TIMED_OUT = Failure("InternalError.Timeout", "An internal timeout error has occured during execution.")

WRONG = [
    (
        {"model": Z, "count": 2},
        "z-image-turbo draws one picture at a time: leave count out, or pick another model.",
        "z-image-turbo 一次只画一张：请不要填“张数”，或换一个模型。",
    ),
    (
        {"model": Z, "watermark": True},
        "z-image-turbo has no watermark: leave it out, or pick another model.",
        "z-image-turbo 不支持水印：请不要开启它，或换一个模型。",
    ),
    ({"model": "qwen-image-2.1-pro", "negative_prompt": "x"}, "2.1-pro takes no negative prompt", "不支持反向提示词"),
    ({"model": "qwen-image-2.1-turbo", "watermark": True}, "qwen-image-2.1-turbo has no watermark", "不支持水印"),
    ({"model": Z, "negative_prompt": "blurry"}, "z-image-turbo takes no negative prompt", "不支持反向提示词"),
    ({"model": QWEN, "prompt": "花" * 1301}, "has about 1,301 tokens (pieces of words)", "约有 1,301 个 token"),
    ({"model": QWEN, "size": "400*400"}, "can't draw 400*400. Each side must be 182 to", "画不了 400*400。"),
]


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path, models=ALL, quota={"images_per_job": MOST_IMAGES}) as opened:
        yield opened


async def lost(world: World, model: str) -> None:
    """Hold the only job against what stands for an answer that was lost: no charge, and its cost in doubt, once."""
    job = await world.job_is("failed")
    assert (job["failure"], job["charged_images"], job["cost_micros"], job["is_call"]) == ("answer_lost", 0, 0, 1)
    (held,) = world.rows("SELECT kind, held FROM buckets WHERE held <> 0")
    assert tuple(held) == ("cap", job["doubtful_micros"])
    assert world.vendor.billed_micros <= job["doubtful_micros"]
    assert len([one for one in world.vendor.requests if one.operation == "call"]) <= 1


async def test_what_a_model_does_not_have_is_refused_in_a_sentence_and_holds_nothing(world: World):
    for options, *words in WRONG:
        for name, text in zip(("bob", "mei"), words, strict=True):
            answer = await world.imagine(world.member(name), **{"prompt": "a flower shop", **options})
            assert answer.ephemeral
            assert text in answer.text.replace("\\", "")
    assert world.rows("SELECT * FROM holds") == []
    assert world.asked_for_members() == []


@pytest.mark.parametrize("model", SYNCHRONOUS)
async def test_pictures_are_drawn_delivered_charged_and_billed(world: World, model: str):
    bob, count = world.member("bob"), BUILT_IN[model].images_max
    gate = world.vendor.faults.gate("call", when="after")
    first = await world.imagine(bob, count=count, seed=7, size="1024*1024", model=model)
    drawing = await world.becomes(bob, first, "being drawn")
    await gate.reached.wait()
    await bob.press(drawing, "Cancel")
    assert "too late to cancel" in (await world.becomes(bob, first, "already begun")).text
    gate.open()
    done = await world.becomes(bob, first, "The cancellation came too late")
    assert len(done.gallery) == count
    job = await world.job_is("delivered")
    assert (job["charged_images"], job["billed_images"], job["task_id"]) == (count, count, "")
    assert world.vendor.billed_micros == count * BUILT_IN[model].price_micros
    world.assert_books_agree()


async def test_of_three_images_the_two_that_came_are_delivered_and_charged(world: World):
    world.vendor.next_outcome(Outcome(failed_images={0: TIMED_OUT}))
    bob = world.member("bob")
    first = await world.imagine(bob, count=3, model=QWEN)
    assert len((await world.becomes(bob, first, "2 of 3 pictures were made")).gallery) == 2
    world.assert_books_agree()


@pytest.mark.parametrize("model", SYNCHRONOUS)
async def test_what_is_refused_charges_nothing(world: World, model: str):
    bob = world.member("bob")
    first = await world.imagine(bob, "[refuse] x", model=model)
    assert "refused" in (await world.becomes(bob, first, "Nothing was charged")).text
    assert world.vendor.bill() == []
    world.assert_books_agree()


@pytest.mark.parametrize("model", SYNCHRONOUS)
@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(cut=True, when="after")])
async def test_an_answer_that_was_lost_is_said_to_be_lost_and_never_asked_for_again(
    world: World, model: str, fault: Fault
):
    world.vendor.faults.add("call", fault)
    bob = world.member("bob")
    first = await world.imagine(bob, model=model)
    done = await world.becomes(bob, first, "Nothing was charged")
    assert "No usable answer came from the image service" in done.text
    await lost(world, model)


@pytest.mark.parametrize("model", SYNCHRONOUS)
async def test_a_restart_during_a_call_loses_its_answer_and_says_so(world: World, model: str):
    world.vendor.outcome_for(lambda _: True, Outcome(service_s=3600))
    bob = world.member("bob")
    first = await world.imagine(bob, model=model)
    await world.eventually(lambda: world.vendor.calls)
    await world.stop_bot()
    await world.start_bot()
    assert "No usable answer came" in (await world.becomes(bob, first, "Nothing was charged")).text
    world.advance(3600)
    await lost(world, model)
    assert world.vendor.billed_micros > 0


@pytest.mark.parametrize(
    ("options", "micros"),
    [
        ({"model": PRO, "count": 2}, 500_000),
        ({"model": PRO, "count": 2, "size": "2048*2048"}, 1_000_000),
        ({"model": PRO, "size": "1500*1500"}, 250_000),
        ({"model": PRO, "size": "1500*1501"}, 500_000),
        ({"model": "qwen-image-3.0", "size": "2048*2048"}, 180_000),
        ({"model": Z}, 100_000),
        ({"model": Z, "prompt_extend": True}, 200_000),
        ({"model": QWEN}, 200_000),
    ],
)
async def test_the_receipt_is_the_bill_at_each_price(tmp_path, options: dict[str, Any], micros: int):
    async with open_world(
        tmp_path, models=ALL, quota={"free_images": 0, "budget": "5", "operator_cap": "none"}
    ) as world:
        bob = world.member("bob")
        question = await world.imagine(bob, **options)
        agreed = await bob.press(question, question.buttons[0].label)
        done = await world.becomes(bob, await agreed.reply(), "Charged")
        assert f"Charged: CN¥{micros / 1_000_000:.2f}" in done.text.replace("\\", "")
        job = await world.job_is("delivered")
        assert job["charged_micros"] == job["cost_micros"] == world.vendor.billed_micros == micros
        world.assert_books_agree()


async def test_models_are_offered_at_the_price_of_what_is_typed(world: World):
    bob = world.member("bob")

    async def offered(**typed: object) -> dict[str, str]:
        choices = await bob.autocomplete(
            "imagine", {"prompt": "x", **typed, "model": ""}, focused="model", channel="general"
        )
        return {str(choice.value): choice.name for choice in choices}

    assert "CN¥0.25 per image" in (await offered())[PRO]
    assert "CN¥0.50 per image" in (await offered(size="2048*2048"))[PRO]
    assert "CN¥0.20 per image" in (await offered(prompt_extend=True))[Z]
    balance = await (await bob.invoke("balance")).reply()
    assert "CN¥0.25 to CN¥0.50 (+ CN¥0.02 per uploaded picture), by size and options" in balance.text
    assert price_of(BUILT_IN[PRO], BUILT_IN[PRO].sizes.default, rewrites=True).asked == 250_000
