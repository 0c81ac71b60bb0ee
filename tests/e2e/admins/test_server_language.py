"""The language of what a server is told without a person having asked, as its admins chose it, over real sockets."""

from sandbox.discord import SeenMessage
from tests.support.feeds import add_log, entry, made
from tests.support.moderators import mod, refused, replaced
from tests.support.settings import ask
from tests.support.world import World


async def test_admins_choose_the_language_of_what_nobody_in_particular_is_told(world: World):
    ada = await add_log(world)
    li, bob, mod_ = world.member("li"), world.member("bob"), world.member("mod")
    changed = await ask(li, "language", language="zh-CN")
    assert changed.text == "**日志频道和通知的语言**\n之前：跟随 Discord 的服务器设置\n现在：中文"
    assert "没有任何改动" in (await ask(li, "language", language="zh-CN")).text
    (settings,) = world.rows("SELECT language FROM settings WHERE server_id = ?", world.guild.id)
    assert settings["language"] == "zh-CN"
    (act, _) = world.rows("SELECT detail FROM audit WHERE act = 'settings.language' ORDER BY id")
    assert '"language": " -> zh-CN"' in act["detail"]

    card = await made(world, bob)
    assert "Here is your picture" in card.text
    told = await entry(world, mod_, "#1")
    assert ("已送达" in told.text, [button.label for button in told.buttons][:1]) == (True, ["移除"])

    await mod(mod_, "block", force=False, member="mei")
    refusal = await refused(world.member("mei"))
    used = await world.member("mei").press(refusal, refusal.buttons[0].custom_id)
    await (await world.member("mei").submit_modal(used, {"typed": "对不起"})).reply()
    appeal = await entry(world, mod_, "对不起")
    assert [button.label for button in appeal.buttons] == ["接受", "驳回"]
    # Whoever decides reads English, as Discord has the server; those who read the channel read Chinese.
    used = await mod_.press(appeal, "驳回")
    sent = await mod_.submit_modal(used, {"typed": "还是刷屏"})
    assert "已驳回" in (await replaced(world, sent, appeal)).text

    assert "Now: as Discord's server settings say" in (await ask(ada, "language", language="discord")).text
    await made(world, bob)
    assert "delivered" in (await entry(world, mod_, "#2")).text
    assert language_shown(await ask(ada, "show")) == "as Discord's server settings say (the default)"
    await ask(ada, "language", language="en-US")
    assert language_shown(await ask(ada, "show")) == "English (set by this server)"


def language_shown(overview: SeenMessage) -> str:
    (line,) = [line for line in overview.text.splitlines() if "Language of the log channel" in line]
    return line.partition("**: ")[2]
