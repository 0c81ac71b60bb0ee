"""What the models of the newer protocol have of their own; what all models share, tests/e2e/models has."""

from bot.domain.requests.catalogue import BUILT_IN
from sandbox.dashscope import Failure, Outcome
from tests.support.quotas import alone
from tests.support.world import open_world

TIMED_OUT = Failure("InternalError.Timeout", "An internal timeout error has occured during execution.")

WRONG = [
    (
        {"negative_prompt": "blurry"},
        "wan2.7-image takes no negative prompt: leave it out, or pick another model.",
        "wan2.7-image 不支持反向提示词：请去掉它，或换一个模型。",
    ),
    (
        {"prompt_extend": True},
        "wan2.7-image can't rewrite prompts: leave prompt_extend out, or pick another model.",
        "wan2.7-image 不支持智能改写：请不要开启它，或换一个模型。",
    ),
    (
        {"size": "2500*300"},
        "can't draw 2500*300: one side may be at most 8 times the other. Available: 1:1 (2048*2048),",
        "画不了 2500*300：长边最多是短边的 8 倍。可用的有：1:1 (2048*2048)、",
    ),
    ({"size": "700*700"}, "can't draw 700*700. Each side must be 272 to 5,792", "画不了 700*700。"),
]


async def test_what_a_model_does_not_have_is_refused_in_a_sentence_and_holds_nothing(world):
    for options, *words in WRONG:
        for name, text in zip(("bob", "mei"), words, strict=True):
            answer = await world.imagine(world.member(name), model="wan2.7-image", **options)
            assert answer.ephemeral
            assert text in answer.text.replace("\\", "")
    assert world.rows("SELECT * FROM holds") == []
    assert world.asked_for_members() == []


async def test_options_reach_the_newer_models_as_given(tmp_path):
    async with open_world(tmp_path) as world:
        options = {"negative_prompt": "低分辨率", "size": "9:16", "seed": 5, "prompt_extend": False, "watermark": True}
        await world.imagine(world.member("mei"), "一间花店", model="wan2.6-t2i", **options)
        await world.job_is("delivered")
        await world.imagine(world.member("bob"), "x" * 5000, model="wan2.7-image", size="1024*768", prompt_extend=False)
        await world.job_is("delivered", 2)
        older, newer = (task.order for task in world.vendor.tasks.values())
        assert (older.sent_prompt, older.negative_prompt) == ("一间花店", "低分辨率")
        assert (older.width, older.height, older.n, older.seed) == (972, 1728, 1, 5)
        assert (older.prompt_extend, older.watermark) == (False, True)
        assert (newer.prompt, newer.width, newer.height, newer.n) == ("x" * 5000, 1024, 768, 1)
        assert (newer.params["enable_sequential"], newer.params["thinking_mode"]) == (False, True)
        world.assert_books_agree()


async def test_of_three_images_the_two_that_came_are_delivered_and_charged(tmp_path):
    model = "wan2.7-image"
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(failed_images={0: TIMED_OUT}))
        first = await world.imagine(bob, count=3, seed=7, model=model)
        done = await world.becomes(bob, first, "2 of 3 pictures were made")
        assert len(done.gallery) == 2
        # Which of the three is missing the service doesn't say, so no picture has a seed of its own.
        size = str(BUILT_IN[model].sizes.default).replace("*", "×")
        await world.job_is("delivered")
        told = (await alone(bob, "job", number=1)).text
        assert [line for line in told.splitlines() if line.startswith("Picture")] == [
            f"Picture {place}: {size}" for place in (1, 2)
        ]
        assert "seed 7" in told
        job = await world.job_is("delivered")
        assert (job["charged_images"], job["billed_images"]) == (2, 2)
        world.assert_books_agree()
