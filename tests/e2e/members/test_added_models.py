"""A model that the program does not know, described by the configuration alone, is used like any other."""

from dataclasses import replace
from typing import Any

from bot.domain.requests.catalogue import BUILT_IN
from sandbox.dashscope import DEFAULT_MODELS
from sandbox.discord import MemberFile
from tests.support.handed_in import png
from tests.support.world import open_world

NAME = "wan3.0-image"
SERVED = next(replace(model, name=NAME) for model in DEFAULT_MODELS if model.name == "wan2.7-image")
TABLE = {
    "protocol": "image-generation",
    "price": "0.20",
    "prompt_limit": 50,
    "sizes": ["1200*800", "800*1200"],
    "max_pixels": 4_000_000,
    "min_pixels": 600_000,
    "max_side": 4000,
    "images": 3,
    "negative_prompt": 0,
    "prompt_extend": "none",
    "parameters": {"thinking_mode": False},
    "pictures": 2,
    "series": True,
}


async def test_a_model_that_the_configuration_describes_draws_edits_and_refuses_as_it_says(tmp_path):
    async with open_world(tmp_path, models={NAME: TABLE}, served=[*DEFAULT_MODELS, SERVED]) as world:
        bob = world.member("bob")
        wrong: tuple[tuple[dict[str, Any], str], ...] = (
            (
                {"size": "big"},
                "is not a size. Pick one from the list, or type a ratio such as 21:9 or width*height such as",
            ),
            ({"size": "512*512"}, "can't draw 512*512. Each side must be 512 to 4,000"),
            ({"negative_prompt": "blurry"}, "takes no negative prompt"),
            ({"prompt_extend": True}, "can't rewrite prompts"),
            ({"count": 4}, "draws 1 to 3 pictures at a time, not 4"),
        )
        for options, words in wrong:
            refused = await world.imagine(bob, model=NAME, **options)
            assert words in refused.text.replace("\\", "")
        assert world.asked_for_members() == []
        await world.imagine(bob, model=NAME, size="2:3", count=3)
        await world.job_is("delivered")
        cat, dog = (MemberFile(f"{name}.png", png((900, 600))) for name in ("cat", "dog"))
        await world.ask_for_edit(bob, picture=cat, picture2=dog, model=NAME)
        await world.job_is("delivered", 2)
        await world.imagine(bob, model=NAME, series=True, count=4)
        await world.job_is("delivered", 3)
        drawn, edited, series = (task.order for task in world.vendor.tasks.values())
        assert (drawn.width, drawn.height, drawn.n) == (800, 1200, 3)
        assert (drawn.params["enable_sequential"], drawn.params["thinking_mode"]) == (False, False)
        assert (len(edited.pictures), edited.width, edited.height) == (2, 1200, 800)
        assert (series.n, series.params["enable_sequential"]) == (4, True)
        assert NAME not in BUILT_IN
        world.assert_books_agree()
