"""Hundreds of hostile prompts through the whole bot: what the channel, its people and the log have of them."""

import asyncio
import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.sizes import Size
from bot.presentation.kit.escaping import length
from sandbox.discord import SeenMessage, Used
from sandbox.discord.rules.components import TEXT, walk
from tests.support.attacks import attacks
from tests.support.liveliness import living
from tests.support.service import small_picture
from tests.support.world import World, open_world

MEMBERS, JOBS = 40, 305
NEGATIVE_LIMIT = 500
DISCORDS_LIMIT = 4000
MODELS = [name for name, model in BUILT_IN.items() if model.is_offered and model.sizes.admits(Size(512, 512))]
UNDER_WAY = "SELECT 1 FROM jobs WHERE state <> 'delivered'"
QUOTA = {"free_images": 10_000, "active_jobs": 1000}

HEADING = re.compile(r"### [^\n]+ · #\d+")
DETAILS = re.compile(r"(?:-# [^\n:：]+[:：] ?(?P<negative>[^\n]*)\n)?-# wan[^\n]+")
REWRITTEN = re.compile(r"\*\*[^\n*]+\*\*\n(?P<prompt>.*)", re.DOTALL)
BREAKS_LINES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.timeout(300)
async def test_no_hostile_prompt_pings_or_breaks_a_card_or_a_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    queue = {"ping_after": 24 * 3600}
    # Slower time than elsewhere: many requests at once on two cores.
    async with open_world(tmp_path, scale=5, service_s=(0.5, 1), quota=QUOTA, queue=queue) as world:
        world.discord.rate_limits = False
        world.vendor.image_bytes_override = small_picture()
        names = [f"member{index}" for index in range(MEMBERS)]
        for index, name in enumerate(names):
            world.guild.add_member(name, locale="zh-CN" if index % 5 == 0 else "en-US")
        pairs = paired(aimed(world, names[0]))
        assert len(pairs) >= 300
        assert all(0 < len(negative) <= NEGATIVE_LIMIT for _, negative in pairs)
        await asyncio.gather(*(ask(world, name, pairs[index::MEMBERS]) for index, name in enumerate(names)))
        await world.eventually(lambda: not world.rows(UNDER_WAY))
        assert {task.order.sent_prompt for task in world.vendor.tasks.values()} == {as_sent(one) for one, _ in pairs}
        cards = world.member(names[0]).read("general")
        assert len(cards) == len(pairs)
        for card in cards:
            assert_harmless(card)
        assert_nobody_may_be_pinged(world)
        for record in caplog.records:
            assert not BREAKS_LINES.search(record.getMessage()), record


def aimed(world: World, victim: str) -> list[str]:
    """The attacks, at people and roles that there are."""
    role = next(iter(world.guild.roles))
    ids = {"MEMBER": world.member(victim).id, "ROLE": role, "BOT": world.member("mod").id}
    prompts = [attack.text for attack in attacks()]
    for word, id_ in ids.items():
        prompts = [prompt.replace(word, str(id_)) for prompt in prompts]
    return list({as_sent(prompt): prompt for prompt in prompts if as_sent(prompt)}.values())


def as_sent(prompt: str) -> str:
    return prompt.replace("\0", "").strip()


def paired(prompts: Sequence[str]) -> list[tuple[str, str]]:
    """Each prompt once: as many as there are jobs, the long ones among them, the rest as those jobs' negative ones."""
    by_length = sorted(prompts, key=len, reverse=True)
    long = sum(len(prompt) > NEGATIVE_LIMIT // 2 for prompt in by_length)
    short = by_length[long:]
    asked = by_length[:long] + short[:: len(short) // (JOBS - long)][: JOBS - long]
    rest = sorted(set(prompts) - set(asked))
    return [(prompt, " ".join(rest[index :: len(asked)])) for index, prompt in enumerate(asked)]


async def ask(world: World, name: str, pairs: Sequence[tuple[str, str]]) -> None:
    who = world.member(name)
    for index, (prompt, negative) in enumerate(pairs):
        options: dict[str, Any] = {"prompt": prompt, "model": MODELS[index % len(MODELS)], "size": "512*512"}
        options |= {"negative_prompt": negative, "prompt_extend": index % 2 == 0}
        used = await who.invoke("imagine", options, channel="general")
        assert (await used.reply()).pinged == ()
        await world.discord.until(lambda used=used: has_pictures(used), timeout_s=200)


def has_pictures(used: Used) -> bool:
    return used.interaction.original is not None and bool(used.interaction.original.attachments)


def assert_harmless(card: SeenMessage) -> None:
    texts = [one["content"] for one in walk(card.components) if one["type"] == TEXT]
    assert sum(map(length, texts)) <= DISCORDS_LIMIT
    assert card.pinged == ()
    heading, prompt, *others, details = texts
    assert HEADING.fullmatch(heading)
    assert living(prompt) == "", ascii(prompt)
    small_print = DETAILS.fullmatch(details)
    assert small_print, ascii(details)
    assert living(small_print["negative"] or "") == "", ascii(details)
    for other in others[:-1]:
        rewritten = REWRITTEN.fullmatch(other)
        assert rewritten, ascii(other)
        assert living(rewritten["prompt"]) == "", ascii(other)
    assert card.buttons[-1].label in {"Delete", "删除"}


def assert_nobody_may_be_pinged(world: World) -> None:
    posted = [request for request in world.discord.requests if "components" in str(request.json)]
    assert posted
    for request in posted:
        assert request.status is not None
        assert request.status < 300, request
        body = request.json.get("data", request.json) if isinstance(request.json, dict) else {}
        if "components" in body:
            assert body["allowed_mentions"]["parse"] == []
            assert not body["allowed_mentions"].get("users")
