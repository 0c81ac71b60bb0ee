"""Pictures that an admin gives a member, and a period given anew, over real sockets."""

from tests.support.quotas import alone, confirm, make, plain, quota
from tests.support.settings import add_admins, refusal
from tests.support.world import open_world


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
        balance = (await alone(bob, "balance")).text
        assert "Left: 4 free pictures" in balance
        assert "That counts 3 free pictures that an admin gave on top, for this period only." in balance
        await make(world, bob, count=4)
        pool = (await quota(ada, "pool")).text

        assert "nothing of the running period" in (await quota(ada, "reset", member="mei")).text
        assert "不能重置自己" in (await quota(li, "reset", member="li")).text
        question = await quota(li, "reset", member="bob")
        assert question.text.startswith(f"要让 <@{bob.id}> 的本周期额度重新开始吗？已用的会还回来：免费图片 4 张。")
        done = await confirm(world, li, question)
        assert done.text.startswith(f"<@{bob.id}> 的本周期额度已重新开始：免费图片 4 张已还回。")
        again = await li.press(question, question.buttons[0].custom_id, force=True)
        assert "没有可以重置的" in (await refusal(world, again)).text
        (audit,) = world.rows("SELECT detail FROM audit WHERE act = 'quota.reset'")
        assert '"images": 4' in audit["detail"]
        assert (await quota(ada, "pool")).text == pool
        assert "Left: 4 free pictures" in (await alone(bob, "balance")).text
        await make(world, bob, count=4)
        # The pool counts what was made before and after.
        assert "CN¥1.12" in plain(await quota(ada, "pool"))
