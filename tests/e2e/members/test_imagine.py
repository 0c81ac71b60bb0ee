"""What a member who types /imagine lives through, over real sockets."""

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import MOST_IMAGES, Protocol
from sandbox.dashscope import Failure, Outcome
from sandbox.discord import ClientRefused
from tests.support.quotas import alone, details, plain
from tests.support.world import open_world

TIMED_OUT = Failure("InternalError.Timeout", "An internal timeout error has occured during execution.")


@pytest.mark.parametrize("model", ["wanx2.1-t2i-turbo", "wan2.6-t2i"])
async def test_a_model_goes_from_the_command_to_the_pictures(tmp_path, model):
    async with open_world(tmp_path, models={model: {}}) as world:
        bob = world.member("bob")
        first = await world.imagine(bob, count=2, seed=7, model=model)
        assert "next in line" in first.text
        done = await world.becomes(bob, first, "Here are your pictures")
        assert [picture.description for picture in done.gallery] == ["a flower shop"] * 2
        pictures = [await world.discord.fetch(picture.url) for picture in done.gallery]
        assert pictures[0] != pictures[1]
        # The card is to be looked at: what it took is told to whoever asked, and how it was drawn to all who ask.
        for words in ("seed", "From your", "free", "rewrote"):
            assert words not in done.text
        await world.job_is("delivered")
        told = (await alone(bob, "job", number=1)).text
        for words in ("seed 7", "seed 8", "From your free pictures: 2", "8 free"):
            assert words in told
        # The newer protocol doesn't say what it made of a prompt.
        is_told = BUILT_IN[model].protocol is Protocol.TEXT_TO_IMAGE
        assert ("as the model rewrote it" in told) is is_told
        assert ("as the model rewrote it" in await details(bob, done)) is is_told
        assert [button.label for button in done.buttons] == ["Again", "Change it", "Edit picture", "More…", "Delete"]
        assert [(line.model, line.images) for line in world.vendor.bill()] == [(model, 2)]
        await world.job_is("delivered")
        world.assert_books_agree()


async def test_options_reach_the_service_as_given(tmp_path):
    async with open_world(tmp_path) as world:
        mei = world.member("mei")
        options = {"negative_prompt": "低分辨率", "size": "9:16", "count": 1, "prompt_extend": False, "watermark": True}
        first = await world.imagine(mei, "一间有着精致窗户的花店", **options)
        assert "排" in first.text
        done = await world.shown(mei, lambda message: message.gallery)
        (task,) = world.vendor.tasks.values()
        sent = task.order
        assert (sent.sent_prompt, sent.n, sent.prompt_extend, sent.watermark) == (
            "一间有着精致窗户的花店",
            1,
            False,
            True,
        )
        assert (sent.width, sent.height) == (720, 1280)
        assert str(task.seed) in await details(mei, done)


async def test_of_four_images_the_two_that_came_are_delivered_and_charged(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(failed_images={1: TIMED_OUT, 3: TIMED_OUT}))
        first = await world.imagine(bob, count=4, seed=7)
        done = await world.becomes(bob, first, "2 of 4 pictures were made")
        assert len(done.gallery) == 2
        told = await details(bob, done)
        assert "Picture 1: seed 7" in told
        assert "8 free" in told
        await world.job_is("delivered")
        assert "Picture 3: seed 9" in (await alone(bob, "job", number=1)).text
        job = await world.job_is("delivered")
        assert (job["charged_images"], job["billed_images"]) == (2, 2)
        world.assert_books_agree()


async def test_a_refused_prompt_charges_nothing_and_is_recorded(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        for prompt in ("[refuse] x", "[ip] y"):
            first = await world.imagine(bob, prompt)
            refused = await world.becomes(bob, first, "Nothing was taken from your quota")
            assert "refused" in refused.text
        assert world.vendor.creates == 0
        assert [
            row["failure"] for row in world.rows("SELECT failure FROM jobs WHERE state = 'failed' ORDER BY id")
        ] == [
            "DataInspectionFailed",
            "IPInfringementSuspect",
        ]
        assert len(world.rows("SELECT 1 FROM audit WHERE act = 'job.failed'")) == 2
        world.assert_books_agree()


async def test_a_failed_task_charges_nothing(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob, "[fail]")
        await world.becomes(bob, first, "Nothing was taken from your quota")
        assert world.job()["state"] == "failed"
        world.assert_books_agree()


WRONG = [
    ({"prompt": "   "}, "The prompt is empty.", "提示词是空的。"),
    ({"prompt": "x" * 801}, "takes at most 800. Shorten it", "最多接受 800 个。请缩短"),
    ({"negative_prompt": "x" * 501}, "501 characters; at most 500 work.", "反向提示词有 501 个字符，最多 500 个。"),
    ({"size": "big"}, "“big” is not a size.", "“big”不是有效的尺寸。"),
    ({"size": "511*1024"}, "can't draw 511*1024. Each side must be", "画不了 511*1024。每边须为"),
    ({"size": "1024*1441"}, "can't draw 1024*1441.", "画不了 1024*1441。"),
    ({"model": "wan2.5-t2i-preview", "size": "1024*1024"}, "can't draw 1024*1024.", "画不了 1024*1024。"),
    ({"seed": -1}, "-1 can't be a seed", "-1 不能作为种子"),
    ({"seed": 2**31}, "2147483648 can't be a seed", "2147483648 不能作为种子"),
    ({"model": "wanx2.1-turbo"}, "Did you mean wanx2.1-t2i-turbo? Available", "你是不是想选 wanx2.1-t2i-turbo？可用"),
    ({"model": "dall-e"}, "There is no model called “dall-e” here.", "这里没有名为“dall-e”的模型。"),
]


async def test_what_is_wrong_is_said_to_the_member_alone_in_their_language_and_holds_nothing(world):
    for options, *words in WRONG:
        for name, text in zip(("bob", "mei"), words, strict=True):
            answer = await world.imagine(world.member(name), **{"prompt": "a flower shop", **options})
            assert answer.ephemeral
            assert text in plain(answer)
    assert world.rows("SELECT * FROM holds") == []
    assert world.asked_for_members() == []


async def test_more_pictures_than_a_model_draws_are_refused_in_both_languages(world):
    for name, words in (
        ("bob", "wanx2.1-t2i-turbo draws 1 to 4 pictures at a time, not 5."),
        ("mei", "wanx2.1-t2i-turbo 一次可画 1 到 4 张，不能画 5 张。"),
    ):
        assert plain(await world.imagine(world.member(name), count=5)) == words
        with pytest.raises(ClientRefused):
            await world.imagine(world.member(name), count=MOST_IMAGES + 1)
        used = await world.member(name).invoke("imagine", {"prompt": "a shop", "count": MOST_IMAGES + 1}, force=True)
        assert plain(await used.reply()) == words.replace("5", str(MOST_IMAGES + 1))


async def test_without_quota_the_member_alone_is_told_what_binds_and_when_it_resets(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 3}) as world:
        for name, words in (
            (
                "bob",
                "Your quota doesn't cover these 4 pictures. You have 3 free pictures left. "
                "3 pictures would still work. Your quota resets <t:",
            ),
            ("mei", "你的额度不够画这 4 张图。还剩免费图片 3 张。目前还能画 3 张。额度将于 <t:"),
        ):
            answer = await world.imagine(world.member(name), count=4)
            assert answer.ephemeral
            assert answer.text.startswith(words)
        assert world.rows("SELECT * FROM holds") == []


async def test_budget_pays_what_the_allowance_does_not(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "0.30"}) as world:
        bob = world.member("bob")
        question = await world.imagine(bob, count=3)
        first = await (await bob.press(question, "Make them for CN¥0.28 from your budget")).reply()
        done = await world.becomes(bob, first, "Here are your pictures")
        assert "From your free pictures: 1; from your budget: CN¥0.28" in await details(bob, done)
        assert "CN¥0.02 budget" in await details(bob, done)
        refused = await world.imagine(bob, count=1)
        assert refused.ephemeral
        assert "at CN¥0.14 per picture this would take CN¥0.14. Your free pictures and budget reset <t:" in refused.text
        refused = await world.imagine(world.member("mei"), count=4)
        assert "按每张 ¥0.14 计，除去免费的还需要 ¥0.42。目前还能画 3 张。免费图片和预算将于 <t:" in refused.text
        world.assert_books_agree()


async def test_a_server_that_the_operator_did_not_allow_causes_no_image(tmp_path):
    async with open_world(tmp_path) as world:
        stranger = world.discord.add_guild("Strangers", owner="eve")
        await world.discord.until(lambda: "DELETE" in [request.method for request in world.discord.requests])
        assert world.asked_for_members() == []
        told = [message.text for message in world.member("eve", stranger).direct_messages()]
        told += [message.text for message in world.member("eve", stranger).read("general")]
        assert any("Strangers" in text for text in told)


async def test_a_prompt_pings_nobody_and_is_shown_as_typed(tmp_path):
    prompt = "@everyone <@1> **bold** # heading\n> quote ```code``` <t:1:R> ||spoiler||"
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob, prompt)
        assert first.pinged == ()
        done = await world.shown(bob, lambda message: message.gallery)
        assert done.pinged == ()
        assert "**bold**" not in done.text


async def test_a_prompt_that_the_service_cuts_is_said_to_be_cut(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        name = "wanx2.1-t2i-turbo"
        world.vendor.models[name] = world.vendor.models[name].__class__(
            **{**world.vendor.models[name].__dict__, "prompt_limit": 500}
        )
        first = await world.imagine(bob, "flowers " * 80)
        assert "Prompts over 500 characters" in first.text
        await world.becomes(bob, first, "cut your prompt")


async def test_autocomplete_offers_models_with_prices_and_sizes_of_the_model(world):
    bob, mei = world.member("bob"), world.member("mei")
    models = await bob.autocomplete("imagine", {"model": "wan2.2"}, focused="model", channel="general")
    assert [choice.value for choice in models] == ["wan2.2-t2i-flash", "wan2.2-t2i-plus"]
    assert "CN¥0.14" in models[0].name
    chinese = await mei.autocomplete("imagine", {"model": ""}, focused="model", channel="general")
    assert "¥0.14" in chinese[0].name
    options = {"model": "wan2.5-t2i-preview", "size": "16:9"}
    sizes = await bob.autocomplete("imagine", options, focused="size", channel="general")
    assert [choice.value for choice in sizes] == ["16:9"]
