"""Pictures that an admin gives a member, and a period given anew, over real sockets."""

import json
import sqlite3
from contextlib import closing

from sandbox.discord import Actor
from tests.support.quotas import alone, confirm, make, plain, quota
from tests.support.settings import add_admins, ask, refusal
from tests.support.world import open_world


def directly(who: Actor) -> list[str]:
    return [message.text for message in who.direct_messages()]


async def test_pictures_and_a_period_anew_are_given_by_another_admin_and_the_member_sees_it(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1}, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        for options in ({}, {"amount": "5", "pictures": 2}):
            answer = await quota(ada, "grant", member="bob", reason="a contest", **options)
            assert answer.text.startswith("Give either an amount of money or a number of pictures")
        assert "必须在 1 到 10000 之间" in (await quota(li, "grant", member="bob", reason="x", pictures=0)).text
        assert "另一位管理员" in (await quota(li, "grant", member="li", reason="x", pictures=1)).text
        given = await quota(ada, "grant", member="bob", reason="a contest", pictures=2)
        assert given.text.startswith(f"<@{bob.id}> got 2 free pictures on top of the rule, and has 3 left now")
        assert "已赠送" in (await quota(li, "grant", member="bob", reason="x", pictures=1)).text
        told = await world.eventually(lambda: texts if len(texts := directly(bob)) == 2 else None)
        assert told[0].startswith("An admin of Studio gave you 2 free pictures <t:")
        assert ">, on top of what you have there. Use them before your quota resets <t:" in told[0]
        assert "1 free picture" in told[1]
        balance = (await alone(bob, "balance")).text
        assert "Left: 4 free pictures" in balance
        assert "3 of this period's free pictures were given by an admin." in balance
        await make(world, bob, count=4)
        pool = (await quota(ada, "pool")).text

        assert "there is nothing to reset" in (await quota(ada, "reset", member="mei")).text
        assert "不能重置自己" in (await quota(li, "reset", member="li")).text
        question = await quota(li, "reset", member="bob")
        assert question.text.startswith(f"要重置 <@{bob.id}> 的本周期额度吗？已用的会还回来：免费图片 4 张。")
        done = await confirm(world, li, question)
        assert done.text.startswith(f"<@{bob.id}> 的本周期额度已重置，还回：免费图片 4 张。")
        again = await li.press(question, question.buttons[0].custom_id, force=True)
        assert "没有可以重置的" in (await refusal(world, again)).text
        # In the language of bob's newest request.
        told = await world.eventually(lambda: texts if len(texts := directly(bob)) == 3 else None)
        assert told[2].startswith("An admin of Studio reset your quota of this period <t:")
        assert "you got back 4 free pictures. The period still ends" in told[2]
        (audit,) = world.rows("SELECT detail FROM audit WHERE act = 'quota.reset'")
        assert '"images": 4' in audit["detail"]
        assert (await quota(ada, "pool")).text == pool
        assert "Left: 4 free pictures" in (await alone(bob, "balance")).text
        await make(world, bob, count=4)
        # The pool counts what was made before and after.
        assert "CN¥1.12" in plain(await quota(ada, "pool"))


async def test_credit_is_told_in_the_servers_language_and_nothing_to_who_was_forgotten_or_after_the_period(
    tmp_path,
):
    async with open_world(tmp_path, scale=4) as world:
        ada, li = add_admins(world)
        bob, mei = world.member("bob"), world.member("mei")
        await ask(li, "language", language="zh-CN")
        await quota(ada, "grant", member="bob", reason="a contest", amount="1.50")
        (told,) = await world.eventually(lambda: directly(bob))
        assert "“Studio”的管理员赠送给你余额 ¥1.50。" in told
        await world.stop_bot()
        with closing(sqlite3.connect(world.config.storage.file, timeout=10)) as conn, conn:
            conn.execute("INSERT INTO accounts (id, created_ms) VALUES (77, 0)")
            conn.execute("INSERT INTO accounts (id, created_ms) VALUES (78, 0)")
            conn.execute("INSERT INTO members (discord_id, account_id) VALUES (?, 78)", (mei.id,))
            for account_id, ends_ms in ((77, 2**52), (78, 1)):
                content = {"server_id": world.guild.id, "account_id": account_id, "gift": "pictures", "images": 1}
                row = (json.dumps({**content, "ends_ms": ends_ms}),)
                conn.execute("INSERT INTO outbox (kind, content, created_ms) VALUES ('gift', ?, 0)", row)
        await world.start_bot()
        outcomes = "SELECT outcome FROM outbox WHERE kind = 'gift' AND done_ms > 0 ORDER BY id"
        rows = await world.eventually(lambda: found if len(found := world.rows(outcomes)) == 3 else None)
        assert [row["outcome"] for row in rows] == ["sent", *["nothing to tell any more"] * 2]
        assert directly(mei) == []
