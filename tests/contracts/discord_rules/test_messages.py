"""What the Discord stand-in refuses, asked for without a library in between."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from sandbox.clock import SandboxClock
from sandbox.discord import ClientRefused, DiscordStandIn, Permission, SeenMessage, Used

V2 = 1 << 15
EPHEMERAL = 1 << 6
MIB = 1024 * 1024
COMMANDS = [
    {
        "name": "imagine",
        "description": "Make a picture",
        "options": [
            {"type": 3, "name": "prompt", "description": "What", "required": True},
            {"type": 3, "name": "model", "description": "Which", "autocomplete": True},
        ],
    }
]


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def row(*custom_ids: str) -> dict[str, Any]:
    buttons = [{"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} for custom_id in custom_ids]
    return {"type": 1, "components": buttons}


def gallery(*names: str, **item: Any) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}, **item} for name in names]}


class Raw:
    """A bot without a library: it sends what it is told and returns status and JSON."""

    def __init__(self, standin: DiscordStandIn, session: aiohttp.ClientSession) -> None:
        self._standin = standin
        self._session = session
        self.headers: dict[str, str] = {}
        self.authorization = f"Bot {standin.token}"

    async def __call__(
        self, method: str, path: str, body: object = None, files: dict[str, bytes] | None = None
    ) -> tuple[int, Any]:
        data: Any = None if body is None else json.dumps(body)
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        if files:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body))
            for index, (name, content) in enumerate(files.items()):
                data.add_field(f"files[{index}]", io.BytesIO(content), filename=name)
            del headers["Content-Type"]
        url = f"{self._standin.api_url}{path}"
        async with self._session.request(method, url, data=data, headers=headers) as answer:
            self.headers = dict(answer.headers)
            if answer.status != 204:
                assert answer.headers["Content-Type"] == "application/json"
                return answer.status, await answer.json()
            return answer.status, None

    async def callback(self, used: Used, kind: int, data: object = None, files: Any = None) -> tuple[int, Any]:
        path = f"/interactions/{used.interaction_id}/{used.token}/callback?with_response=true"
        return await self("POST", path, {"type": kind, **({"data": data} if data else {})}, files)

    async def original(self, used: Used, method: str, body: object = None, files: Any = None) -> tuple[int, Any]:
        path = f"/webhooks/{self._standin.application_id}/{used.token}/messages/@original"
        return await self(method, path, body, files)


def code(answer: tuple[int, Any]) -> tuple[int, int]:
    return answer[0], answer[1]["code"]


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
async def standin(clock):
    async with DiscordStandIn(clock=clock) as server:
        server.rate_limits = False
        yield server
    assert [one for one in server.requests if one.status == 500] == []


@pytest.fixture
async def raw(standin):
    async with aiohttp.ClientSession() as session:
        yield Raw(standin, session)


@pytest.fixture
async def mei(standin, raw):
    guild = standin.add_guild("Studio", owner="olga")
    guild.add_member("mei")
    status, _ = await raw("PUT", f"/applications/{standin.application_id}/commands", COMMANDS)
    assert status == 200
    return standin.member("mei", guild)


@pytest.fixture
def messages(mei):
    return f"/channels/{mei.guild.channel('general').id}/messages"


async def used(mei) -> Used:
    return await mei.invoke("imagine", {"prompt": "a cat"})


async def test_a_callback_after_three_seconds_is_unknown(raw, mei, clock):
    late = await used(mei)
    clock.advance(3.1)
    assert code(await raw.callback(late, 4, {"content": "hi"})) == (404, 10062)


async def test_a_second_callback_is_refused(raw, mei):
    twice = await used(mei)
    assert (await raw.callback(twice, 4, {"content": "hi"}))[0] == 200
    assert code(await raw.callback(twice, 4, {"content": "hi"})) == (400, 40060)
    assert [one.text for one in mei.read()] == ["hi"]


async def test_the_token_dies_after_fifteen_minutes(raw, mei, clock, messages):
    old = await used(mei)
    _, answer = await raw.callback(old, 4, {"content": "hi"})
    clock.advance(14 * 60 + 59)
    assert (await raw.original(old, "PATCH", {"content": "still"}))[0] == 200
    clock.advance(2)
    assert code(await raw.original(old, "PATCH", {"content": "late"})) == (401, 50027)
    message_id = answer["resource"]["message"]["id"]
    assert (await raw("PATCH", f"{messages}/{message_id}", {"content": "by token"}))[0] == 200


async def test_a_made_up_token_is_refused(raw, mei, standin):
    path = f"/webhooks/{standin.application_id}/nonsense/messages/@original"
    assert code(await raw("PATCH", path, {"content": "x"})) == (401, 50027)
    assert code(await raw("POST", "/interactions/1/nonsense/callback", {"type": 5})) == (404, 10062)


async def test_a_deferral_fixes_whether_it_is_ephemeral(raw, mei, standin):
    deferred = await used(mei)
    assert code(await raw.callback(deferred, 5, {"flags": V2})) == (400, 50035)
    assert (await raw.callback(deferred, 5))[0] == 200
    assert mei.read()[0].loading
    _, message = await raw.original(deferred, "PATCH", {"flags": EPHEMERAL | V2, "components": [text("hi")]})
    assert message["flags"] == V2
    assert message["edited_timestamp"] is None


async def test_the_first_follow_up_fills_a_deferral(raw, mei, standin):
    deferred = await used(mei)
    await raw.callback(deferred, 5)
    path = f"/webhooks/{standin.application_id}/{deferred.token}"
    for content in ("first", "second"):
        assert (await raw("POST", path, {"content": content, "flags": EPHEMERAL}))[0] == 200
    assert [(one.text, one.ephemeral) for one in mei.read()] == [("first", False), ("second", True)]


async def test_a_modal_cannot_follow_a_deferral_and_has_limits(raw, mei):
    field = {"type": 4, "custom_id": "why", "style": 1}
    modal = {"custom_id": "m", "title": "T", "components": [{"type": 18, "label": "Why", "component": field}]}
    shown = await used(mei)
    assert code(await raw.callback(shown, 9, {**modal, "title": "T" * 46})) == (400, 50035)
    assert code(await raw.callback(shown, 9, {**modal, "components": modal["components"] * 6})) == (400, 50035)
    assert (await raw.callback(shown, 9, modal))[0] == 200
    deferred = await used(mei)
    await raw.callback(deferred, 5)
    assert code(await raw.callback(deferred, 9, modal)) == (400, 40060)
    sent = await mei.submit_modal(shown, {"why": "because"})
    assert code(await raw.callback(sent, 9, modal)) == (400, 50035)


async def test_autocomplete_offers_at_most_25(raw, mei, standin):
    asking = asyncio.create_task(mei.autocomplete("imagine", {"model": "w"}, focused="model"))
    await standin.until(lambda: standin.world.interactions)
    typed = Used(next(iter(standin.world.interactions.values())), standin.world)
    choices = [{"name": str(n), "value": str(n)} for n in range(26)]
    assert code(await raw.callback(typed, 8, {"choices": choices})) == (400, 50035)
    long = [{"name": "n" * 101, "value": "v"}]
    assert code(await raw.callback(typed, 8, {"choices": long})) == (400, 50035)
    assert (await raw.callback(typed, 8, {"choices": choices[:25]}))[0] == 200
    assert len(await asking) == 25


async def test_ephemeral_messages_are_out_of_the_token_s_reach(raw, mei, messages):
    secret = await used(mei)
    _, answer = await raw.callback(secret, 4, {"content": "psst", "flags": EPHEMERAL})
    message_id = answer["resource"]["message"]["id"]
    for method in ("GET", "PATCH", "DELETE"):
        assert code(await raw(method, f"{messages}/{message_id}", {"content": "x"})) == (404, 10008)
    assert (await raw("GET", messages))[1] == []


async def test_a_deleted_message_is_unknown(raw, mei):
    gone = await used(mei)
    await raw.callback(gone, 4, {"content": "hi"})
    mei.guild.add_role("Mod", permissions=Permission.MANAGE_MESSAGES)
    mei.guild.set_roles("mei", ["Mod"])
    mei.delete(mei.read()[0])
    assert code(await raw.original(gone, "PATCH", {"content": "x"})) == (404, 10008)


@pytest.mark.parametrize(
    "components",
    [
        [text("x" * 2001), text("y" * 2000)],
        [text("x")] * 41,
        [row("a", "b", "c", "d", "e", "f")],
        [row("a" * 101)],
        [row("a", "a")],
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}]}],
        [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x"}]}],
        [gallery()],
        [gallery("nothing.png")],
        [{"type": 12, "items": [{"media": {"url": "https://example.com/a.png"}, "description": ""}]}],
        [{"type": 12, "items": [{"media": {"url": "https://example.com/a.png"}}] * 11}],
        [{"type": 17, "components": [{"type": 17, "components": [text("x")]}]}],
    ],
)
async def test_components_that_discord_refuses(raw, mei, messages, components):
    answer = await raw("POST", messages, {"flags": V2, "components": components})
    assert code(answer) == (400, 50035)
    assert "components" in answer[1]["errors"]


async def test_the_v2_flag_excludes_content_and_stays(raw, mei, messages):
    body = {"flags": V2, "components": [text("x")]}
    assert code(await raw("POST", messages, {**body, "content": "x"})) == (400, 50035)
    assert code(await raw("POST", messages, {"components": [text("x")]})) == (400, 50035)
    assert code(await raw("POST", messages, {"flags": V2})) == (400, 50006)
    _, message = await raw("POST", messages, body)
    path = f"{messages}/{message['id']}"
    assert code(await raw("PATCH", path, {"flags": 0})) == (400, 50035)
    assert code(await raw("PATCH", path, {"content": "x"})) == (400, 50035)
    assert (await raw("PATCH", path, {"components": [text("y")]}))[0] == 200
    assert code(await raw("POST", messages, {"content": "x" * 2001})) == (400, 50035)


async def test_attachments_are_kept_added_and_dropped_by_the_list(raw, mei, messages, standin):
    body = {"flags": V2, "components": [gallery("1.png")], "attachments": [{"id": 0, "filename": "1.png"}]}
    _, message = await raw("POST", messages, body, {"1.png": b"one"})
    assert message["attachments"] == []
    first = message["components"][0]["items"][0]["media"]["attachment_id"]
    path = f"{messages}/{message['id']}"
    both = {"components": [gallery("1.png", "2.png")], "attachments": [{"id": first}, {"id": 0}]}
    assert code(await raw("PATCH", path, {**both, "attachments": [{"id": 0}]}, {"2.png": b"two"})) == (400, 50035)
    assert (await raw("PATCH", path, both, {"2.png": b"two"}))[0] == 200
    seen = mei.read()[0]
    assert [await standin.fetch(picture.url) for picture in seen.gallery] == [b"one", b"two"]
    only = {"components": [gallery("2.png")], "attachments": [{"id": str(seen.attachments[1].id)}]}
    assert (await raw("PATCH", path, only))[0] == 200
    assert [file.filename for file in mei.read()[0].attachments] == ["2.png"]
    with pytest.raises(aiohttp.ClientResponseError):
        await standin.fetch(seen.gallery[0].url)


async def test_an_unreferenced_file_of_a_v2_message_is_invisible(raw, mei, messages):
    await raw("POST", messages, {"flags": V2, "components": [text("x")]}, {"1.png": b"one"})
    assert mei.read()[0].attachments == []


async def test_callback_type_7_drops_files_that_are_not_listed(raw, mei):
    first = await used(mei)
    await raw.callback(first, 4, {"content": "x", "components": [row("go")]}, {"1.png": b"one"})
    assert len(mei.read()[0].attachments) == 1
    pressed = await mei.press(mei.read()[0], "go")
    assert (await raw.callback(pressed, 7, {"content": "y"}))[0] == 200
    assert mei.read()[0].attachments == []


async def test_links_expire(raw, mei, messages, standin, clock):
    large = bytes(2 * MIB)
    await raw("POST", messages, {"content": "x"}, {"1.png": large})
    url = mei.read()[0].attachments[0].url
    assert await standin.fetch(url) == large
    with pytest.raises(aiohttp.ClientResponseError):
        await standin.fetch(url.replace("hm=", "hm=0"))
    clock.advance(25 * 3600)
    with pytest.raises(aiohttp.ClientResponseError):
        await standin.fetch(url)


async def test_files_and_requests_that_are_too_large(raw, mei, messages):
    mei.guild.attachment_size_limit = 9 * MIB
    big = await used(mei)
    assert big.interaction.payload["attachment_size_limit"] == 9 * MIB
    assert code(await raw.callback(big, 4, {"content": "x"}, {"a": bytes(9 * MIB + 1)})) == (413, 40005)
    many = {str(n): bytes(9 * MIB) for n in range(3)}
    assert code(await raw("POST", messages, {"content": "x"}, many)) == (413, 40005)
    assert (await raw("POST", messages, {"content": "x"}, {"a": bytes(9 * MIB)}))[0] == 200


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


async def test_allowed_mentions_decide_and_edits_never_ping(raw, mei, messages, standin):
    content = f"{mei.mention} @everyone"
    _, loud = await raw("POST", messages, {"content": content})
    await raw("POST", messages, {"content": content, "allowed_mentions": {"parse": []}})
    await raw("POST", messages, {"content": content, "allowed_mentions": {"users": [str(mei.id)]}})
    _, later = await raw("POST", messages, {"content": "x"})
    await raw("PATCH", f"{messages}/{later['id']}", {"content": content})
    assert [one.pinged for one in mei.read()] == [("mei", "@everyone"), (), ("mei",), ()]
    assert loud["mention_everyone"]
    both = {"parse": ["users"], "users": [str(mei.id)]}
    assert code(await raw("POST", messages, {"content": "x", "allowed_mentions": both})) == (400, 50035)


async def test_an_enforced_nonce_posts_once(raw, mei, messages, clock):
    body = {"content": "x", "nonce": "812", "enforce_nonce": True}
    _, first = await raw("POST", messages, body)
    _, second = await raw("POST", messages, body)
    assert first["id"] == second["id"]
    clock.advance(3600)
    _, third = await raw("POST", messages, body)
    assert third["id"] != first["id"]


async def test_rate_limits_tell_how_long_to_wait(raw, mei, messages, standin, clock):
    standin.rate_limits = True
    for left in (4, 3, 2, 1, 0):
        assert (await raw("POST", messages, {"content": "x"}))[0] == 200
        assert raw.headers["X-RateLimit-Remaining"] == str(left)
    status, answer = await raw("POST", messages, {"content": "x"})
    assert (status, answer["global"]) == (429, False)
    assert 0 < answer["retry_after"] <= 5
    assert raw.headers["Via"]
    assert int(raw.headers["Retry-After"]) >= answer["retry_after"]
    clock.advance(5)
    assert (await raw("POST", messages, {"content": "x"}))[0] == 200


async def test_each_interaction_has_a_bucket_and_callbacks_none(raw, mei, standin):
    standin.rate_limits = True
    replies = [await used(mei) for _ in range(7)]
    for reply in replies:
        assert (await raw.callback(reply, 4, {"content": "x"}))[0] == 200
    statuses = [(await raw.original(replies[0], "PATCH", {"content": "x"}))[0] for _ in range(6)]
    assert statuses == [200] * 5 + [429]


async def test_editing_old_messages_often_is_refused(raw, mei, messages, clock):
    _, message = await raw("POST", messages, {"content": "x"})
    clock.advance(3601)
    answers = [await raw("PATCH", f"{messages}/{message['id']}", {"content": str(n)}) for n in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert answers[-1][1]["code"] == 30046


async def test_what_is_not_there(raw, mei, messages):
    assert code(await raw("GET", "/channels/1")) == (404, 10003)
    assert code(await raw("GET", f"{messages}/1")) == (404, 10008)
    assert code(await raw("GET", "/guilds/1")) == (404, 10004)
    assert (await raw("GET", "/nonsense"))[0] == 404
    raw.authorization = "Bot wrong"
    assert (await raw("GET", "/users/@me"))[0] == 401


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
