"""The functions of wanx2.1-imageedit over real sockets: each drawn and charged, or refused in one sentence."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.presentation.kit.texts import Texts
from sandbox.discord import MemberFile
from tests.support.handed_in import png, saved
from tests.support.quotas import details
from tests.support.world import World, open_world

MODEL = "wanx2.1-imageedit"
SIZE = (600, 520)
CAT = MemberFile("cat.png", png(SIZE))


def mask_file(size: tuple[int, int] = SIZE, white: int = 255) -> MemberFile:
    image = Image.new("L", size)
    image.paste(white, (0, 0, size[0] // 2, size[1]))
    return MemberFile("mask.png", saved(image, "PNG"))


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path, models={MODEL: {"removes_watermarks": True}}) as opened:
        yield opened


LACKS = {
    "bob": f"wan2.7-image has no option “{{}}”. These have it: {MODEL}.",
    "mei": f"wan2.7-image 没有“{{}}”这个选项。有这个选项的模型：{MODEL}。",
}
NOWHERE = {
    "bob": "No model here has the option “strength”: leave it out, and /edit follows your words.",
    "mei": "这里没有模型有“强度”这个选项：不填它，/edit 就会按文字要求修改。",
}


def named(field: str) -> dict[str, str]:
    """Return what an option is called by its readers."""
    return {
        name: Texts.load().plain(locale, f"option-edit-{field}-name")
        for name, locale in (("bob", "en-US"), ("mei", "zh-CN"))
    }


DONE = [
    ("instruct", {"strength": 30}, SIZE, "Function: by words, strength 30 %."),
    ("region", {"mask": mask_file()}, SIZE, "Function: where the mask is white."),
    ("style", {}, SIZE, "Function: another style, strength 50 %."),
    ("part-style", {}, SIZE, "Function: another style for a part."),
    ("unmark", {}, SIZE, "Function: without its watermark."),
    ("expand", {"left": 50, "bottom": 10}, (900, 572), "(left 50 %, right 0 %, top 0 %, bottom 10 %)."),
    ("enlarge", {"factor": 3}, (1800, 1560), "Function: 3 times as large."),
    ("enlarge", {"factor": 1}, SIZE, "Function: sharper."),
    ("colour", {}, SIZE, "Function: in colour."),
    ("sketch", {"line_art": True}, SIZE, "Function: a picture from a drawing."),
    ("cartoon", {}, SIZE, "Function: a cartoon figure in another scene."),
]


@pytest.mark.parametrize(("function", "more", "size", "words"), DONE)
async def test_each_function_is_drawn_delivered_charged_and_billed(
    world: World, function: str, more: dict[str, Any], size: tuple[int, int], words: str
):
    bob = world.member("bob")
    first = await world.ask_for_edit(bob, picture=CAT, function=function, **more)
    done = await world.becomes(bob, first, "Made by AI")
    assert "From your free pictures: 1" in await details(bob, done)
    assert "Edited from an uploaded picture." in done.text
    assert words in done.text
    job = await world.job_is("delivered")
    assert (job["model"], job["size"], job["billed_images"]) == (MODEL, f"{size[0]}*{size[1]}", 1)
    shown = Image.open(io.BytesIO(await world.discord.fetch(done.gallery[0].url)))
    assert shown.size == size
    assert world.vendor.billed_micros == 140_000
    world.assert_books_agree()


async def test_what_needs_no_words_goes_without_and_its_card_says_what_was_done(world: World):
    bob = world.member("bob")
    used = await bob.invoke("edit", {"picture": CAT, "function": "enlarge"}, channel="general")
    done = await world.becomes(bob, await used.reply(), "Made by AI")
    assert "From your free pictures: 1" in await details(bob, done)
    assert "Function: 2 times as large." in done.text
    (order,) = [task.order for task in world.vendor.tasks.values()]
    assert order.sent_prompt == "Make it sharper"
    job = await world.job_is("delivered")
    assert job["prompt"] == ""


REFUSED = [
    ({"function": "sketch"}, "The instruction is empty."),
    ({"function": "paint", "instruction": "x"}, "“paint” is no function"),
    ({"function": "region", "instruction": "x"}, "That function needs a mask"),
    (
        {"function": "region", "instruction": "x", "mask": mask_file((520, 600))},
        "has 520×600 pixels and the picture 600×520",
    ),
    ({"function": "region", "instruction": "x", "mask": mask_file(white=0)}, "has no white in it"),
    ({"mask": mask_file(), "instruction": "x", "strength": 5}, "Strength goes with"),
    ({"function": "expand"}, "how many percent are to be added"),
    ({"function": "style", "instruction": "x", "left": 5}, "go with adding more around a picture"),
    ({"function": "enlarge", "line_art": True}, "goes with making a picture of a drawing"),
    ({"function": "enlarge", "model": "wan2.7-image"}, "doesn't have that function. These do: wanx2.1-imageedit."),
    ({"function": "enlarge", "picture2": CAT}, "takes one picture in, not 2."),
    ({"function": "enlarge", "picture": MemberFile("big.png", png((1800, 1800))), "factor": 4}, "7200×7200"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED)
async def test_what_does_not_fit_is_refused_in_one_private_sentence(world: World, given: dict[str, Any], words: str):
    bob = world.member("bob")
    used = await bob.invoke("edit", {"picture": CAT, **given}, channel="general")
    said = await used.reply()
    assert words in said.text
    assert said.ephemeral
    assert world.rows("SELECT * FROM jobs") == []
    assert world.vendor.creates == 0
    await world.eventually(lambda: not list(world.config.storage.images.rglob("*.png")))


@pytest.mark.parametrize("name", ["bob", "mei"])
async def test_an_option_that_a_model_without_functions_lacks_is_named_with_the_models_that_have_it(
    world: World, name: str
):
    fields = {"strength": 5, "factor": 2, "left": 5, "right": 5, "top": 5, "bottom": 5, "line_art": True}
    for field, value in {**fields, "mask": mask_file()}.items():
        asked = {"picture": CAT, "instruction": "a hat", "model": "wan2.7-image", field: value}
        said = await (await world.member(name).invoke("edit", asked, channel="general")).reply()
        assert said.text.replace("\\", "") == LACKS[name].format(named(field)[name])
        assert said.ephemeral
    assert world.rows("SELECT * FROM holds") == []


@pytest.mark.parametrize("name", ["bob", "mei"])
async def test_where_no_model_has_functions_the_option_that_needs_one_is_to_be_left_out(tmp_path: Path, name: str):
    async with open_world(tmp_path) as world:
        asked = {"picture": CAT, "instruction": "a hat", "strength": 5}
        said = await (await world.member(name).invoke("edit", asked, channel="general")).reply()
        assert said.text == NOWHERE[name]


async def test_functions_are_offered_as_the_chosen_model_has_them(world: World):
    mei = world.member("mei")

    async def offered(typed: str = "", **options: Any) -> list[str]:
        given = await mei.autocomplete("edit", {**options, "function": typed}, focused="function", channel="general")
        return [choice.value for choice in given]

    assert len(await offered()) == 10
    assert await offered("扩展") == ["expand"]
    assert await offered("enlarge") == ["enlarge"]
    assert await offered(model="wan2.7-image") == []
    models = await mei.autocomplete("edit", {"function": "expand", "model": ""}, focused="model", channel="general")
    assert [choice.value for choice in models] == [MODEL]


async def test_no_watermark_is_removed_unless_the_operator_allows_it(tmp_path):
    async with open_world(tmp_path, models={MODEL: {}}) as world:
        bob = world.member("bob")
        used = await bob.invoke("edit", {"picture": CAT, "function": "unmark"}, channel="general")
        assert "No model here has that function" in (await used.reply()).text
        given = await bob.autocomplete("edit", {"function": ""}, focused="function", channel="general")
        assert "unmark" not in [choice.value for choice in given]


async def test_a_price_is_asked_about_and_the_same_function_done(tmp_path):
    quota = {"free_images": 0, "budget": "5"}
    async with open_world(tmp_path, models={MODEL: {}}, quota=quota) as world:
        bob = world.member("bob")
        question = await world.ask_for_edit(bob, picture=CAT, mask=mask_file(), function="region")
        agreed = await bob.press(question, question.buttons[0].label)
        done = await world.becomes(bob, await agreed.reply(), "Made by AI")
        assert "From your budget: CN¥0.14" in await details(bob, done)
        assert "Function: where the mask is white." in done.text
        (order,) = [task.order for task in world.vendor.tasks.values()]
        assert order.change is not None
        assert order.change.mask is not None
        world.assert_books_agree()


async def test_a_kept_reference_takes_the_pictures_place_with_its_mask(world: World):
    bob = world.member("bob")
    await (await bob.invoke("reference add", {"name": "cat", "picture": CAT}, channel="general")).reply()
    asked = {"instruction": "a hat", "reference": "cat", "function": "region", "mask": mask_file()}
    done = await world.becomes(bob, await (await bob.invoke("edit", asked, channel="general")).reply(), "Made by AI")
    assert "Function: where the mask is white." in done.text
    (order,) = [task.order for task in world.vendor.tasks.values()]
    assert len(order.pictures) == 1
    assert order.change is not None
    assert order.change.mask is not None
