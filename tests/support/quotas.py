"""People at their clients who set quotas, read where they stand, and agree to prices."""

import asyncio
from typing import Any

from sandbox.discord import Actor, SeenMessage, Used
from sandbox.discord.rules.modals import fields
from tests.support.settings import now, refusal
from tests.support.world import World

AGREE, DROP = "agree", "drop"
DECIDED = ("rules", "settings", "acts", "ledger")


async def quota(who: Actor, command: str, **options: Any) -> SeenMessage:
    """Use a subcommand of /quota, and give the answer, which nobody else sees."""
    return await alone(who, f"quota {command}", **options)


async def alone(who: Actor, command: str, *, channel: str = "general", **options: Any) -> SeenMessage:
    """Use a command whose answer nobody else sees, and give it."""
    used = await who.invoke(command, options, channel=channel)
    answer = await used.reply()
    assert answer.ephemeral
    if command != "quota report" or not any(heading in answer.text for heading in ("**Members**", "**成员**")):
        return answer
    # The numbers come at once, chart and table a moment later.
    async with asyncio.timeout(60):
        while used.message is not None and not used.message.attachments:  # noqa: ASYNC110 - as a member waits
            await asyncio.sleep(0.05)
    assert used.message is not None
    return used.message


async def open_form(who: Actor, command: str, **options: Any) -> tuple[Used, dict[str, str]]:
    """Use a subcommand of /quota that opens a form; give it, and what stands in its fields."""
    used = await who.invoke(f"quota {command}", options)
    await used.response()
    modal = used.interaction.modal
    assert modal is not None
    return used, {field["custom_id"]: field.get("value") or "" for field in fields(modal)}


async def fill(who: Actor, form: Used, **values: str) -> SeenMessage:
    """Send a form with these fields changed, and give the answer."""
    answer = await (await who.submit_modal(form, values)).reply()
    assert answer.ephemeral
    return answer


async def confirm(world: World, who: Actor, question: SeenMessage) -> SeenMessage:
    """Press the one button of a question, and give the question as it is then."""
    (button,) = question.buttons
    used = await who.press(question, button.custom_id)
    await used.response()
    await world.discord.until(lambda: now(used).text != question.text)
    return now(used)


async def propose(who: Actor, prompt: str = "a flower shop", **options: Any) -> SeenMessage:
    """Ask for pictures that would be paid for, and give the question that comes instead."""
    question = await alone(who, "imagine", prompt=prompt, **options)
    assert [button.custom_id.rpartition(":")[2] for button in question.buttons] == [AGREE, DROP], question.text
    return question


async def answer_to(who: Actor, question: SeenMessage, action: str = AGREE) -> Used:
    """Press a button of a price question."""
    (custom_id,) = (one.custom_id for one in question.buttons if one.custom_id.endswith(f":{action}"))
    return await who.press(question, custom_id)


async def start(world: World, who: Actor, question: SeenMessage) -> SeenMessage:
    """Agree to a price, and give the job's message once its pictures are there."""
    card = await (await answer_to(who, question)).reply()
    return await world.shown(who, lambda seen: seen.id == card.id and seen.gallery)


async def make(world: World, who: Actor, **options: Any) -> SeenMessage:
    """Ask for pictures that need no question, and give the message once they are there."""
    card = await world.imagine(who, **options)
    return await world.shown(who, lambda seen: seen.id == card.id and seen.gallery)


async def details(who: Actor, card: SeenMessage) -> str:
    """Return what *More…* under pictures tells their member."""
    return (await (await who.press(card, "More…" if "More…" in str(card.buttons) else "更多…")).reply()).text


async def forge(world: World, who: Actor, message: SeenMessage, custom_id: str) -> Used:
    """Press a button of a message that ``who`` does not see, as no client can: the bot's own checks are left."""
    stored = world.discord.world.channel(message.channel_id).messages[message.id]
    viewer, stored.viewer = stored.viewer, who.user
    try:
        return await who.press(message, custom_id, force=True)
    finally:
        stored.viewer = viewer


async def said(world: World, used: Used) -> str:
    """What a press that starts nothing is answered with, as a reply or beside its message."""
    response = await used.response()
    return response.text if isinstance(response, SeenMessage) else (await refusal(world, used)).text


def plain(message: SeenMessage) -> str:
    """What a message says, without what keeps typed text from being markup."""
    return message.text.replace("\\", "").replace("\u200b", "")


def assert_nothing_was_decided(world: World) -> None:
    """See that no rule, no setting and no money was touched."""
    assert {table: len(world.rows(f"SELECT * FROM {table}")) for table in DECIDED} == dict.fromkeys(DECIDED, 0)


def rules(world: World) -> list[tuple[object, ...]]:
    """Return the rules of all servers."""
    return [tuple(row) for row in world.rows("SELECT * FROM rules ORDER BY scope, owner")]
