"""Whom the Discord stand-in lets do what: permissions, threads, servers, commands and members' clients."""

import asyncio
from typing import Any

import aiohttp
import pytest

from sandbox.discord import ClientRefused, Permission, SeenMessage, Used
from tests.support.contracts.raw_bot import COMMANDS, EPHEMERAL, code, row, used


@pytest.mark.parametrize(
    ("denied", "expected"),
    [
        (Permission.VIEW_CHANNEL, 50001),
        (Permission.SEND_MESSAGES, 50013),
        (Permission.ATTACH_FILES, 50013),
        (Permission.EMBED_LINKS, 50013),
    ],
)
async def test_missing_permissions(raw, mei, messages, denied, expected):
    mei.guild.overwrite("general", "bot", deny=denied)
    body = {"content": "x", "embeds": [{"title": "t"}]}
    assert code(await raw("POST", messages, body, {"a.png": b"a"})) == (403, expected)


async def test_threads_have_their_own_permission(raw, mei):
    thread = mei.guild.add_thread("talk")
    path = f"/channels/{thread.id}/messages"
    assert (await raw("POST", path, {"content": "x"}))[0] == 200
    mei.guild.overwrite("general", "@everyone", deny=Permission.SEND_MESSAGES_IN_THREADS)
    assert code(await raw("POST", path, {"content": "x"})) == (403, 50013)


async def test_nothing_in_a_closed_thread_is_changed_before_it_is_opened_which_a_post_does_by_itself(raw, mei):
    thread = mei.guild.add_thread("talk")
    path = f"/channels/{thread.id}/messages"
    first = await mei.invoke("imagine", {"prompt": "a cat"}, channel="talk")
    assert (await raw.callback(first, 4, {"content": "a reply"}))[0] == 200
    message = (await raw("POST", path, {"content": "x"}))[1]
    mei.guild.archive("talk")
    one = f"{path}/{message['id']}"
    assert code(await raw("PATCH", one, {"content": "y"})) == (400, 50083)
    assert code(await raw("DELETE", one)) == (400, 50083)
    assert code(await raw.original(first, "PATCH", {"content": "y"})) == (400, 50083)
    assert code(await raw.original(first, "DELETE")) == (400, 50083)
    opened = await raw("PATCH", f"/channels/{thread.id}", {"archived": False})
    assert (opened[0], opened[1]["thread_metadata"]["archived"]) == (200, False)
    assert (await raw("PATCH", one, {"content": "y"}))[0] == 200
    mei.guild.archive("talk")
    assert (await raw("POST", path, {"content": "x"}))[0] == 200
    assert not thread.archived


async def test_a_locked_thread_is_for_who_may_manage_threads(raw, mei):
    thread = mei.guild.add_thread("talk")
    path = f"/channels/{thread.id}/messages"
    message = (await raw("POST", path, {"content": "x"}))[1]
    late = await mei.invoke("imagine", {"prompt": "a cat"}, channel="talk")
    mei.guild.archive("talk", locked=True)
    assert code(await raw.callback(late, 4, {"content": "hi"})) == (400, 50083)
    assert code(await raw.callback(late, 5)) == (400, 50083)
    assert code(await raw("POST", path, {"content": "x"})) == (400, 50083)
    assert code(await raw("PATCH", f"/channels/{thread.id}", {"archived": False})) == (403, 50013)
    mei.guild.change_thread("talk", archived=False, locked=True)
    assert code(await raw("PATCH", f"{path}/{message['id']}", {"content": "y"})) == (400, 160005)
    mei.guild.add_role("Keeper", permissions=Permission.MANAGE_THREADS)
    mei.guild.set_roles("bot", ["Keeper"])
    mei.guild.archive("talk", locked=True)
    assert code(await raw("PATCH", f"/channels/{thread.id}", {"archived": True})) == (400, 50083)
    assert (await raw("PATCH", f"/channels/{thread.id}", {"archived": False}))[0] == 200
    assert (await raw("DELETE", f"{path}/{message['id']}"))[0] == 204


async def test_opening_a_thread_asks_for_the_right_to_post_in_it_and_a_channel_is_no_thread(raw, mei):
    thread = mei.guild.add_thread("talk")
    mei.guild.archive("talk")
    mei.guild.overwrite("general", "@everyone", deny=Permission.SEND_MESSAGES_IN_THREADS)
    assert code(await raw("PATCH", f"/channels/{thread.id}", {"archived": False})) == (403, 50013)
    general = mei.guild.channel("general").id
    assert code(await raw("PATCH", f"/channels/{general}", {"archived": False})) == (403, 50013)


async def test_a_server_that_the_bot_was_put_out_of_is_unknown_until_it_is_invited_again(raw, mei, messages):
    server = f"/guilds/{mei.guild.id}"
    mei.guild.go_down()
    assert (await raw("GET", server))[0] == 200
    mei.guild.come_up()
    mei.guild.remove_bot()
    assert code(await raw("GET", server)) == (404, 10004)
    assert code(await raw("POST", messages, {"content": "x"})) == (403, 50001)
    mei.guild.add_bot()
    assert (await raw("GET", server))[0] == 200


async def permissions(who, channel="general"):
    payload = (await who.invoke("imagine", {"prompt": "x"}, channel=channel)).interaction.payload
    assert payload["member"]["permissions"] == payload["channel"]["permissions"]
    return int(payload["member"]["permissions"])


async def test_an_interaction_tells_what_a_member_may_do_in_its_channel_with_the_overwrites(raw, mei):
    mei.guild.add_channel("own")
    mei.guild.add_thread("talk", parent="own")
    mei.guild.overwrite("own", "mei", allow=Permission.MANAGE_MESSAGES, deny=Permission.ATTACH_FILES)
    bits = {name: await permissions(mei, name) for name in ("general", "own", "talk")}
    assert [bool(one & Permission.MANAGE_MESSAGES) for one in bits.values()] == [False, True, True]
    assert [bool(one & Permission.ATTACH_FILES) for one in bits.values()] == [True, False, False]
    mei.guild.add_role("Root", permissions=Permission.ADMINISTRATOR)
    mei.guild.set_roles("mei", ["Root"])
    assert await permissions(mei, "own") & Permission.ATTACH_FILES


async def test_who_is_timed_out_may_look_and_nothing_else_unless_they_administer(raw, mei):
    used_before = await used(mei)
    mei.guild.add_role("Mod", permissions=Permission.MANAGE_MESSAGES)
    mei.guild.set_roles("mei", ["Mod"])
    mei.guild.overwrite("general", "mei", allow=Permission.MANAGE_MESSAGES)
    mei.guild.time_out("mei", 60)
    with pytest.raises(ClientRefused):
        await mei.invoke("imagine", {"prompt": "x"})
    assert used_before.interaction.payload["member"]["communication_disabled_until"] is None
    mei.guild.change_role("Mod", permissions=Permission.ADMINISTRATOR)
    payload = (await used(mei)).interaction.payload
    assert payload["member"]["communication_disabled_until"] is not None
    assert int(payload["member"]["permissions"]) & Permission.MANAGE_MESSAGES


async def test_files_in_a_reply_need_attach_files(raw, mei):
    mei.guild.overwrite("general", "@everyone", deny=Permission.ATTACH_FILES)
    reply = await used(mei)
    assert int(reply.interaction.payload["app_permissions"]) & Permission.ATTACH_FILES == 0
    assert code(await raw.callback(reply, 4, {"content": "x"}, {"a.png": b"a"})) == (403, 50013)
    assert (await raw.callback(reply, 4, {"content": "x"}))[0] == 200
    assert code(await raw.original(reply, "PATCH", {"content": "x"}, {"a.png": b"a"})) == (403, 50013)


def option(**more: Any) -> dict[str, Any]:
    return {"type": 3, "name": "o", "description": "d", **more}


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Upper", "description": "d"},
        {"name": "a b", "description": "d"},
        {"name": "x" * 33, "description": "d"},
        {"name": "x", "description": ""},
        {"name": "x", "description": "d" * 101},
        {"name": "x", "description": "d", "name_localizations": {"xx": "y"}},
        {"name": "x", "description": "d", "options": [option(name=f"o{n}") for n in range(26)]},
        {"name": "x", "description": "d", "options": [option(), option(name="p", required=True)]},
        {"name": "x", "description": "d", "options": [option(), option()]},
        {"name": "x", "description": "d", "options": [option(type=1), option(name="p")]},
        {"name": "x", "description": "d", "options": [option(min_value=1)]},
        {"name": "x", "description": "d", "options": [option(choices=[{"name": "n", "value": 1}])]},
        {"name": "x", "description": "d", "options": [option(choices=[{"name": "n", "value": "v" * 101}])]},
    ],
)
async def test_commands_that_discord_refuses(raw, standin, command):
    assert code(await raw("PUT", f"/applications/{standin.application_id}/commands", [command])) == (400, 50035)


async def test_commands_keep_their_ids(raw, mei, standin):
    path = f"/applications/{standin.application_id}/commands"
    _, before = await raw("GET", path)
    _, after = await raw("PUT", path, [*COMMANDS, {"name": "画", "description": "d"}])
    assert after[0]["id"] == before[0]["id"]
    assert (await raw("PATCH", f"{path}/{after[1]['id']}", {"description": "e"}))[1]["description"] == "e"
    assert (await raw("DELETE", f"{path}/{after[1]['id']}"))[0] == 204
    assert code(await raw("GET", f"{path}/{after[1]['id']}")) == (404, 10063)


async def test_only_the_pressing_member_s_messages_can_be_pressed(raw, mei, standin):
    secret = await used(mei)
    await raw.callback(secret, 4, {"content": "x", "flags": EPHEMERAL, "components": [row("go")]})
    seen = await secret.response()
    assert isinstance(seen, SeenMessage)
    with pytest.raises(ClientRefused):
        await standin.member("olga", mei.guild).press(seen, "go")


async def test_members_act_over_http(raw, mei, standin):
    base = standin.api_url.removesuffix("/api/v10")
    body = {"as": "mei", "guild_id": str(mei.guild.id), "command": "imagine", "options": {"prompt": "x"}}
    async with aiohttp.ClientSession(base) as session:
        asking = asyncio.create_task(session.post("/sandbox/invoke", json=body))
        await standin.until(lambda: standin.world.interactions)
        sent = Used(next(iter(standin.world.interactions.values())), standin.world)
        await raw.callback(sent, 4, {"content": "hi", "components": [row("go")]})
        answer = await (await asking).json()
        assert answer["message"]["text"] == "hi"
        channel_id = answer["message"]["channel_id"]
        async with session.get(f"/sandbox/channels/{channel_id}/messages", params={"as": "mei"}) as read:
            assert [one["text"] for one in await read.json()] == ["hi"]
        for wrong in ({**body, "command": "no"}, {"as": "mei"}):
            async with session.post("/sandbox/invoke", json=wrong) as refused:
                assert refused.status == 409
        pressing = asyncio.create_task(
            session.post(
                "/sandbox/press",
                json={
                    **body,
                    "channel_id": channel_id,
                    "message_id": answer["message"]["id"],
                    "component": "go",
                },
            )
        )
        await standin.until(lambda: len(standin.world.interactions) == 2)
        pressed = Used(list(standin.world.interactions.values())[1], standin.world)
        await raw.callback(pressed, 6)
        assert (await (await pressing).json())["silent"]
        async with session.get("/sandbox/world") as world:
            assert [guild["name"] for guild in (await world.json())["guilds"]] == ["Studio"]
