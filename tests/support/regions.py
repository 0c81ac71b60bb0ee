"""Members at their clients who choose by buttons what of a picture is to change."""

from typing import Any

from sandbox.discord import Actor, MemberFile, SeenMessage, Used
from tests.support.handed_in import png
from tests.support.world import World

SIZE = (640, 520)
PICTURE = MemberFile("cat.png", png(SIZE))
EDIT = {"bob": "Edit this region", "mei": "修改所选区域"}
GONE = {
    "bob": "This question is over: it was answered already, another one took its place, or its ten minutes have "
    "passed. This press took nothing from your quota; ask again if you still want it.",
    "mei": "这个询问已经结束：已经答复过、已被新的询问取代，或者已超过十分钟。"
    "这次点击没有扣额度；如果还需要，请重新提交。",
}
DROP = {"bob": "Never mind", "mei": "算了"}


async def asked(who: Actor, instruction: str | None = "a red hat", **options: Any) -> SeenMessage:
    """Use /edit with a region to be chosen, and give the answer, which nobody else sees."""
    given: dict[str, Any] = {"picture": PICTURE, "choose_region": True, "instruction": instruction, **options}
    given = {name: value for name, value in given.items() if value is not None}
    answer = await (await who.invoke("edit", given, channel="general")).reply()
    assert answer.ephemeral
    return answer


async def chosen(world: World, who: Actor, question: SeenMessage, *fields: str) -> SeenMessage:
    """Press the buttons of fields one after the other, and give the question as it is then."""
    for name in fields:
        before = {button.label for button in question.buttons}
        used = await who.press(question, name)
        await used.response()
        question = await world.shown(
            who,
            lambda seen, before=before, message_id=question.id: (
                seen.id == message_id and {button.label for button in seen.buttons} != before
            ),
        )
    return question


async def edited(who: Actor, question: SeenMessage, *, force: bool = False) -> Used:
    """Press the button that has the chosen fields edited."""
    return await who.press(question, EDIT[who.user.name], force=force)


async def done(world: World, who: Actor, used: Used) -> SeenMessage:
    """Give the card of the job that a press began, once its pictures are there."""
    card = await used.reply()
    return await world.shown(who, lambda seen: seen.id == card.id and seen.gallery)
