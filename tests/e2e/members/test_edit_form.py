"""The form of Apps > Edit picture over real sockets: how much may be typed, and what becomes of it on a refusal."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.apps_menu import opened, posts
from tests.support.moderators import forbid_gore
from tests.support.world import World, open_world

OFF = {"enabled": False}
EDITS_ONLY: dict[str, Any] = {"wan2.7-image": OFF, "wan2.7-image-pro": OFF, "wanx2.1-imageedit": {}}


@pytest.mark.parametrize(
    ("models", "most"),
    [
        ({}, 4000),
        ({**EDITS_ONLY}, 800),
        ({**EDITS_ONLY, "wan2.6-image": {}}, 2000),
        # Counted in pieces of words, of up to four letters each.
        ({**EDITS_ONLY, "qwen-image-2.0": {"prompt_limit": 400}}, 1600),
    ],
)
async def test_a_form_takes_no_more_than_one_of_its_models_may(tmp_path: Path, models: dict[str, Any], most: int):
    async with open_world(tmp_path, models=models) as world:
        bob = world.member("bob")
        _, form = await opened(bob, posts(bob))
        assert form.data["components"][0]["component"]["max_length"] == most


TYPED = "make it **snow** @everyone\n```no end```\nhttps://example.org/ "
GIVEN_BACK = TYPED.strip().replace("```", "`\u200b`\u200b`")


@pytest.mark.parametrize(("name", "heading"), [("bob", "**What you wrote**"), ("mei", "**你写的内容**")])
async def test_what_was_typed_into_a_form_that_is_refused_is_given_back(world: World, name: str, heading: str):
    who = world.member(name)
    used, _ = await opened(who, posts(who))
    world.clock.advance(3601)
    sent = await who.submit_modal(used, {"instruction": TYPED})
    assert (await sent.reply()).ephemeral
    await world.discord.until(lambda: sent.followups)
    (back,) = sent.followups
    assert back.text == f"{heading}\n```\n{GIVEN_BACK}\n```"
    assert back.ephemeral
    assert back.pinged == ()


async def test_what_is_longer_than_a_message_is_given_back_in_several(world: World):
    bob = world.member("bob")
    typed = "".join(str(k % 10) for k in range(3999)) + "!"
    used, _ = await opened(bob, posts(bob))
    world.clock.advance(3601)
    sent = await bob.submit_modal(used, {"instruction": typed})
    await sent.reply()
    await world.discord.until(lambda: len(sent.followups) == 3)
    assert "".join(one.text.split("\n")[2] for one in sent.followups) == typed


async def test_what_a_rule_of_the_server_refuses_is_not_said_once_more(world: World):
    bob = world.member("bob")
    forbid_gore(world)
    used, _ = await opened(bob, posts(bob))
    sent = await bob.submit_modal(used, {"instruction": "a lot of gore"})
    said = await sent.reply()
    assert "“gore”" in said.text
    await world.stop_bot()
    assert sent.followups == []
