"""The buttons of the feed, the rules for prompts behind it, and feeds side by side, over real sockets."""

import sqlite3
from contextlib import closing

from sandbox.discord import Actor, Guild, Permission
from tests.support.feeds import add_log, entries, entry, hide
from tests.support.settings import ask, report_in
from tests.support.world import World, open_world


async def made(world: World, who: Actor) -> None:
    first = await world.imagine(who)
    await world.becomes(who, first, "Here")


async def test_a_moderator_removes_pictures_from_the_feed_and_the_entry_says_so(world):
    await add_log(world)
    mod = world.member("mod")
    await made(world, world.member("bob"))
    card = await entry(world, mod, "#1")
    question = await (await mod.press(card, "Remove")).reply()
    assert question.ephemeral
    assert question.buttons[0].label == "Remove"
    await mod.press(question, question.buttons[0].custom_id)
    gone = await entry(world, mod, "· removed")
    assert (gone.id, gone.gallery) == (card.id, [])
    assert [message for message in world.member("bob").read("general") if message.gallery] == []


async def test_a_moderator_pauses_a_member_and_reads_the_timeline_from_the_feed(world):
    await add_log(world)
    mod, bob = world.member("mod"), world.member("bob")
    await made(world, bob)
    card = await entry(world, mod, "#1")
    timeline = await (await mod.press(card, "Open timeline")).reply()
    assert timeline.ephemeral
    assert "#1" in timeline.text
    question = await (await mod.press(card, "Pause member")).reply()
    assert question.ephemeral
    assert f"<@{bob.id}>" in question.text
    await mod.press(question, question.buttons[0].custom_id)
    await world.eventually(lambda: world.rows("SELECT 1 FROM blocks"))
    assert [message.id for message in entries(mod) if message.gallery] == [card.id]


async def test_the_buttons_work_after_a_restart(world):
    await add_log(world)
    mod = world.member("mod")
    await made(world, world.member("bob"))
    card = await entry(world, mod, "#1")
    await world.stop_bot()
    await world.start_bot()
    assert "#1" in (await (await mod.press(card, "Open timeline")).reply()).text


async def test_members_who_see_the_log_channel_can_do_nothing_in_it_in_both_languages(world):
    ada = await add_log(world)
    world.guild.overwrite("log", "@everyone", allow=Permission.VIEW_CHANNEL)
    await report_in(world, ada, "log")
    await made(world, world.member("bob"))
    for name, words in {"bob": "Only moderators of the server", "mei": "版主"}.items():
        who = world.member(name)
        card = await entry(world, who, "#1")
        for label in ("Remove", "Cover", "Pause member", "Open timeline"):
            answer = await (await who.press(card, label)).reply()
            assert answer.ephemeral
            assert words in answer.text
    assert [len(message.gallery) for message in entries(world.member("mod"))] == [1]


async def test_a_prompt_that_broke_a_rule_is_kept_no_longer_once_it_was_told(world):
    await add_log(world)
    add_rule(world, "gremlin")
    bob = world.member("bob")
    refused = await world.imagine(bob, "a gremlin in the garden")
    assert refused.ephemeral
    line = await entry(world, world.member("mod"), "has a word that this server's rules don't allow")
    assert line.text.startswith(f"<@{bob.id}> · refused ")
    assert "> ||a gremlin in the garden||" in line.text
    await world.eventually(lambda: not world.rows("SELECT 1 FROM refusal_tallies WHERE prompt <> ''"))
    for table in ("outbox", "audit"):
        assert "gremlin" not in str([tuple(row) for row in world.rows(f"SELECT * FROM {table}")])


async def test_a_blocked_member_writes_nothing_into_the_log_channel(world):
    await add_log(world)
    add_rule(world, "gremlin")
    bob, mei = world.member("bob"), world.member("mei")
    await world.member("mod").invoke("mod block", {"member": "bob"})
    await world.eventually(lambda: world.rows("SELECT 1 FROM blocks"))
    for who in (bob, mei):
        assert (await world.imagine(who, "a gremlin in the garden")).ephemeral
    await entry(world, world.member("mod"), f"<@{mei.id}>")
    assert len(world.rows("SELECT 1 FROM audit WHERE act = 'request.refused'")) == 2
    about = [one.text for one in world.member("mod").read("log") if f"<@{bob.id}>" in one.text]
    assert [text.split(" · ")[0] for text in about] == ["**Case #1: a member was blocked**"]


def add_rule(world: World, word: str) -> None:
    with closing(sqlite3.connect(world.config.storage.file, timeout=10)) as conn, conn:
        server = world.guild.id
        conn.execute("INSERT INTO prompt_rules (server_id, kind, text) VALUES (?, 'word', ?)", (server, word))
        conn.execute("INSERT INTO moderation_settings (server_id, rules_version) VALUES (?, 1)", (server,))


async def test_a_feed_that_discord_keeps_waiting_does_not_hold_up_anothers(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        await add_log(world)
        second = second_server(world)
        eve = world.member("eve", second)
        await ask(eve, "log-channel", channel="log")
        ours = str(world.guild.channel("log").id)
        gate = world.discord.faults.gate(
            "create_message", matches=lambda request: request.match_info["channel_id"] == ours
        )
        await made(world, world.member("bob"))
        await gate.reached.wait()
        await eve.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await entry(world, eve, "#1")
        assert entries(world.member("mod")) == []
        gate.open()
        await entry(world, world.member("mod"), "#1")


async def test_a_moderator_elsewhere_can_do_nothing_about_a_servers_jobs_by_guessing_ids(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        await add_log(world)
        second = second_server(world)
        eve = world.member("eve", second)
        await ask(eve, "log-channel", channel="log")
        await made(world, world.member("bob"))
        await eve.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        card = await entry(world, eve, "#1")
        ours, theirs = (str(row["id"]) for row in world.rows("SELECT id FROM jobs ORDER BY id"))
        for button in card.buttons:
            posted = second.channel("log").messages[card.id]
            forge(posted.components, theirs, ours)
            used = await eve.press((await entry(world, eve, "#1")), button.custom_id.replace(theirs, ours))
            answer = await used.reply()
            assert answer.ephemeral
            assert answer.buttons == []
            assert "flower" not in answer.text
            forge(posted.components, ours, theirs)
        assert [len(message.gallery) for message in entries(world.member("mod"))] == [1]
        assert world.rows("SELECT 1 FROM cases") == []


def second_server(world: World) -> Guild:
    second = world.discord.add_guild("Second", owner="eve")
    second.add_channel("log")
    hide(second)
    return second


def forge(components: list, old: str, new: str) -> None:
    """Change the job in the custom ids of a message that somebody sees, as no honest client does."""
    for component in components:
        if "custom_id" in component:
            component["custom_id"] = component["custom_id"].replace(old, new)
        forge(component.get("components", []), old, new)
