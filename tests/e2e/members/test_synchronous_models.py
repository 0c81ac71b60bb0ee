"""What the models that answer with their pictures have of their own; what all models share, tests/e2e/models has."""

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import MOST_IMAGES
from bot.domain.requests.prices import price_of
from sandbox.faults import Fault
from tests.support.world import World, open_world

QWEN, Z, PRO = "qwen-image-2.0", "z-image-turbo", "qwen-image-3.0-pro"
ALL = {name: {} for name, model in BUILT_IN.items() if not model.is_offered}

WRONG = [
    (
        {"model": Z, "count": 2},
        "z-image-turbo draws one picture at a time, not 2; these draw as many: wanx2.1-t2i-turbo,",
        "z-image-turbo 一次只画 1 张，不能画 2 张；能画这么多的有：wanx2.1-t2i-turbo、",
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


async def lost(world: World) -> None:
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


@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(cut=True, when="after")])
async def test_an_answer_that_was_lost_is_said_to_be_lost_and_never_asked_for_again(world: World, fault: Fault):
    world.vendor.faults.add("call", fault)
    bob = world.member("bob")
    first = await world.imagine(bob, model=QWEN)
    done = await world.becomes(bob, first, "Nothing was taken from your quota")
    assert "No usable answer came from the image service" in done.text
    await lost(world)


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
