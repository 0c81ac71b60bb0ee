"""What the Discord stand-in refuses of answers and messages, asked for without a library in between."""

import asyncio

import aiohttp
import pytest

from sandbox.discord import Permission, Used
from tests.support.contracts.raw_bot import EPHEMERAL, MIB, V2, code, gallery, row, text, used


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


@pytest.mark.parametrize("pace", [1, 10])
async def test_rate_limits_tell_how_long_to_wait(raw, mei, messages, standin, clock, pace):
    standin.rate_limits = True
    with clock.stopped():
        for left in (4, 3, 2, 1, 0):
            assert (await raw("POST", messages, {"content": "x"}))[0] == 200
            assert raw.headers["X-RateLimit-Remaining"] == str(left)
        status, answer = await raw("POST", messages, {"content": "x"})
        assert (status, answer["global"]) == (429, False)
        assert answer["retry_after"] == 5 / pace
        assert raw.headers["Via"]
        assert int(raw.headers["Retry-After"]) >= answer["retry_after"]
        clock.advance(5 / pace)
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
