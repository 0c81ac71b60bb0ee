"""People at the *Apps* menu of messages: Edit picture, its form, and who allows it."""

from sandbox.discord import Actor, SeenMessage, ShownModal, Used
from tests.support.settings import add_admins, ask
from tests.support.world import CAT, World

PROMPT = "let it snow"


async def allow_editing(world: World) -> Actor:
    """Have an admin allow that pictures of others are edited; give the admin."""
    ada, _ = add_admins(world)
    assert "may be edited" in (await ask(ada, "moderation", edit_others=True)).text
    return ada


async def opened(who: Actor, message: SeenMessage) -> tuple[Used, ShownModal]:
    """Use the command on a message, and give the form that opens."""
    used = await who.use_on(message, "Edit picture")
    shown = await used.response()
    assert isinstance(shown, ShownModal), shown
    return used, shown


async def refused(who: Actor, message: SeenMessage) -> str:
    """Use the command on a message for which no form opens, and give the one sentence or two that say why."""
    answer = await (await who.use_on(message, "Edit picture")).reply()
    assert answer.ephemeral
    return answer.text


async def edit(who: Actor, message: SeenMessage, instruction: str = PROMPT, **chosen: list[str]) -> SeenMessage:
    """Use the command on a message, send its form, and give the first reply."""
    used, _ = await opened(who, message)
    return await (await who.submit_modal(used, {"instruction": instruction, **chosen})).reply()


async def say_no(who: Actor) -> None:
    """Let somebody decide that others may not edit their pictures."""
    answer = await (await who.invoke("preferences", {"others_may_edit": False})).reply()
    assert answer.ephemeral


def posts(who: Actor, *names: str) -> SeenMessage:
    """Let somebody post a picture, or several by their names."""
    files = [type(CAT)(name, CAT.data) for name in names] or [CAT]
    return who.say("Look!", *files)
