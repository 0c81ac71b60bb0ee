"""The Discord stand-in, driven by an unmodified discord.py client."""

import os
import warnings

import aiohttp
import pytest

from sandbox.discord import (
    DIRECT,
    ClientRefused,
    Deferred,
    InteractionFailed,
    Permission,
    RecordedRequest,
    SeenMessage,
    ShownModal,
)
from sandbox.faults import Fault
from tests.contracts.openapi import Deviation, MissingDescription, validate_request
from tests.support.contracts.tiny_bot import TinyBot

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord.backoff import ExponentialBackoff
    from discord.http import Route


async def test_a_public_reply_is_seen_by_everybody(standin, studio, bot):
    mei, tom = standin.member("mei", studio), standin.member("tom", studio)
    used = await mei.invoke("imagine", {"prompt": "a cat"}, channel="general")
    seen = await used.response()
    assert isinstance(seen, SeenMessage)
    assert seen.text == "queued a cat"
    assert [one.id for one in tom.read("general")] == [seen.id]
    assert seen.buttons[0] == ("Cancel", "job:812:cancel", False)
    assert not seen.edited


async def test_an_ephemeral_reply_is_seen_by_its_invoker_only(standin, studio, bot):
    mei, tom = standin.member("mei", studio), standin.member("tom", studio)
    used = await mei.invoke("imagine", {"prompt": "a cat", "private": True})
    seen = await used.response()
    assert isinstance(seen, SeenMessage)
    assert seen.ephemeral
    assert tom.read("general") == []
    channel = bot.get_channel(studio.channel("general").id)
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(seen.id)


async def test_a_deferred_reply_becomes_pictures(standin, studio, bot):
    mei = standin.member("mei", studio)
    used = await mei.invoke("imagine", {"prompt": "defer"})
    assert await used.response() == Deferred(ephemeral=False, silent=False)
    seen = await used.reply()
    assert seen.gallery[0].description == "a cat"
    assert seen.attachments[0].filename == "812-1.png"
    assert seen.raw["attachments"] == []
    assert (await standin.fetch(seen.gallery[0].url)).startswith(b"\x89PNG")
    assert standin.requests[-1].files == [("812-1.png", seen.attachments[0].size, "application/octet-stream")]


async def test_a_button_press_edits_its_message_with_files(standin, studio, bot):
    mei = standin.member("mei", studio)
    seen = await (await mei.invoke("imagine", {"prompt": "a cat"})).response()
    pressed = await mei.press(seen, "job:812:cancel")
    assert (await pressed.response()).silent
    await standin.until(lambda: mei.read()[0].text == "done")
    after = mei.read()[0]
    assert after.edited
    assert after.gallery[0].url
    with pytest.raises(ClientRefused):
        await mei.press(after, "gone")


async def test_a_modal_opens_and_is_sent(standin, studio, bot):
    mei = standin.member("mei", studio)
    seen = await (await mei.invoke("imagine", {"prompt": "a cat"})).response()
    pressed = await mei.press(seen, "Form")
    shown = await pressed.response()
    assert isinstance(shown, ShownModal)
    assert shown.title == "Reason"
    with pytest.raises(ClientRefused):
        await mei.submit_modal(pressed, {"why": "x" * 21})
    sent = await mei.submit_modal(pressed, {"why": "because"})
    assert (await sent.response()).text == "noted"


async def test_autocomplete_suggests(standin, studio, bot):
    mei = standin.member("mei", studio)
    choices = await mei.autocomplete("imagine", {"model": "wan"}, focused="model")
    assert [(choice.name, choice.value) for choice in choices] == [("wanx", "wanx")]


async def test_silence_fails_after_three_seconds(standin, studio, bot):
    mei = standin.member("mei", studio)
    used = await mei.invoke("imagine", {"prompt": "silence"})
    assert await bot.seen_interactions.get() == used.interaction_id
    standin.world.clock.advance(3.1)
    with pytest.raises(InteractionFailed):
        await used.response()


async def test_the_client_refuses_what_the_command_does_not_declare(standin, studio, bot):
    mei, olga = standin.member("mei", studio), standin.member("olga", studio)
    for name, options in [
        ("imagine", {}),
        ("imagine", {"prompt": "x", "colour": "red"}),
        ("imagine", {"prompt": 5}),
        ("imagine", {"prompt": "x", "private": "yes"}),
        ("quota", {}),
        ("quota set-role", {"role": "Artist", "amount": 1}),
        ("nothing", {}),
    ]:
        with pytest.raises(ClientRefused):
            await mei.invoke(name, options)
    with pytest.raises(ClientRefused):
        await olga.invoke("quota set-role", {"role": "Artist", "amount": 11})
    used = await olga.invoke("quota set-role", {"role": "Artist", "amount": 10})
    assert (await used.response()).text == "Artist 10"
    studio.grant_command("quota", "Artist")
    used = await mei.invoke("quota set-role", {"role": "Artist", "amount": 1})
    assert (await used.response()).text == "Artist 1"


async def test_direct_messages(standin, studio, bot):
    mei = standin.member("mei", studio)
    user = await bot.fetch_user(mei.id)
    await user.send("hello")
    assert [one.text for one in mei.direct_messages()] == ["hello"]
    used = await mei.invoke("imagine", {"prompt": "a cat"}, channel=DIRECT)
    assert (await used.response()).text == "queued a cat"
    mei.user.accepts_dms = False
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("again")
    assert refused.value.code == 50007


@pytest.mark.parametrize("cut", [False, True])
async def test_events_during_an_outage_are_replayed(standin, studio, bot, cut):
    mei = standin.member("mei", studio)
    gate = standin.faults.gate("gateway_resume")
    standin.drop_gateway(resumable=True, cut=cut)
    await gate.reached.wait()
    used = await mei.invoke("imagine", {"prompt": "missed"})
    gate.open()
    assert (await used.response()).text == "queued missed"
    await bot.resumed.wait()
    assert (standin.identified, standin.resumed) == (1, 1)


async def test_an_invalid_session_is_identified_anew(standin, studio, bot):
    mei = standin.member("mei", studio)
    standin.drop_gateway(resumable=False)
    await standin.until(lambda: standin.connected)
    used = await mei.invoke("imagine", {"prompt": "new"})
    assert (await used.response()).text == "queued new"
    assert not bot.resumed.is_set()
    assert (standin.identified, standin.resumed) == (2, 0)


async def test_a_server_that_is_down_is_named_by_ready_and_told_of_once_it_is_up(standin, studio, bot):
    mei = standin.member("mei", studio)
    assert not bot.get_guild(studio.id).unavailable
    studio.go_down()
    standin.drop_gateway(resumable=False)
    await standin.until(lambda: standin.identified == 2 and standin.connected)
    # Interactions come all the same, and with them the member's roles.
    used = await mei.invoke("imagine", {"prompt": "early"})
    await used.response()
    early = bot.get_guild(studio.id)
    assert (early.unavailable, early.owner_id, list(early.roles)) == (True, None, [])
    assert used.interaction.payload["member"]["roles"] == [str(studio.role("Artist").id)]
    studio.change_role("Artist", permissions=Permission.MANAGE_GUILD)
    studio.come_up()
    await (await mei.invoke("imagine", {"prompt": "late"})).response()
    known = bot.get_guild(studio.id)
    assert (known.unavailable, known.owner_id) == (False, studio.owner.id)
    assert known.get_role(studio.role("Artist").id).permissions.manage_guild
    assert bot.joined == []


async def test_an_outage_of_a_server_hides_what_changes_in_it(standin, studio, bot):
    mei = standin.member("mei", studio)
    studio.go_down()
    studio.change_role("Artist", permissions=Permission.MANAGE_GUILD)
    studio.give_to("tom")
    await (await mei.invoke("imagine", {"prompt": "a cat"})).response()
    known = bot.get_guild(studio.id)
    assert (known.unavailable, known.owner_id) == (True, standin.world.user("olga").id)
    assert not known.get_role(studio.role("Artist").id).permissions.manage_guild
    assert (await bot.fetch_guild(studio.id)).owner_id == studio.owner.id


async def test_a_changed_role_and_a_new_owner_are_told(standin, studio, bot):
    mei = standin.member("mei", studio)
    studio.change_role("Artist", permissions=Permission.MANAGE_GUILD)
    studio.give_to("tom")
    await (await mei.invoke("imagine", {"prompt": "a cat"})).response()
    known = bot.get_guild(studio.id)
    assert known.owner_id == studio.owner.id
    assert known.get_role(studio.role("Artist").id).permissions.manage_guild


async def test_a_redelivered_interaction_arrives_twice(standin, studio, bot):
    mei = standin.member("mei", studio)
    used = await mei.invoke("imagine", {"prompt": "silence"})
    standin.redeliver(used)
    assert [await bot.seen_interactions.get() for _ in range(2)] == [used.interaction_id] * 2


async def test_a_server_is_joined_and_left(standin, studio, bot):
    other = standin.add_guild("Other", owner=standin.application_owner)
    other.add_member("mei")
    used = await standin.member("mei", other).invoke("imagine", {"prompt": "a cat"})
    assert (await used.response()).text == "queued a cat"
    assert bot.joined == ["Other"]
    await bot.get_guild(other.id).leave()
    with pytest.raises(ClientRefused):
        await standin.member("mei", other).invoke("imagine", {"prompt": "a cat"})
    other.add_bot()
    used = await standin.member("mei", other).invoke("imagine", {"prompt": "back"})
    assert (await used.response()).text == "queued back"
    assert bot.joined == ["Other", "Other"]


async def test_a_callback_whose_answer_is_cut_stands(standin, studio, bot):
    mei = standin.member("mei", studio)
    standin.faults.add("callback", Fault(cut=True, when="after"))
    used = await mei.invoke("imagine", {"prompt": "a cat"})
    assert (await used.response()).text == "queued a cat"
    assert next(one for one in standin.requests if one.operation == "callback").status is None


async def test_a_wrong_token_is_refused(standin, studio, monkeypatch):
    monkeypatch.setattr(Route, "BASE", standin.api_url)
    client = TinyBot()
    with pytest.raises(discord.LoginFailure):
        await client.login("wrong")
    await client.close()


async def test_a_refused_gateway_is_asked_again(standin, studio, bot, monkeypatch):
    # Else discord.py waits up to two seconds of wall time.
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    mei = standin.member("mei", studio)
    standin.gateway_down = True
    standin.drop_gateway()
    used = await mei.invoke("imagine", {"prompt": "missed"})
    await standin.until(lambda: standin.gateway_refusals > 0)
    standin.gateway_down = False
    assert (await used.response()).text == "queued missed"


async def test_the_gateway_refuses_a_wrong_token_and_privileged_intents(standin):
    async with aiohttp.ClientSession() as session:
        for token, intents, expected in (("wrong", 0, 4004), (standin.token, 1 << 15, 4014)):
            async with session.ws_connect(standin.gateway_url) as socket:
                assert (await socket.receive_json())["op"] == 10
                await socket.send_json({"op": 2, "d": {"token": token, "intents": intents, "properties": {}}})
                await socket.receive()
                assert socket.close_code == expected


async def test_an_interaction_carries_what_the_real_one_does(standin, studio, bot):
    studio.overwrite("general", "Artist", deny=discord.Permissions(attach_files=True))
    used = await standin.member("mei", studio).invoke("imagine", {"prompt": "a cat"})
    payload = used.interaction.payload
    assert payload["locale"] == payload["guild_locale"] == "zh-CN"
    assert payload["context"] == 0
    assert payload["authorizing_integration_owners"] == {"0": str(studio.id)}
    assert payload["attachment_size_limit"] == 10 * 1024 * 1024
    granted = discord.Permissions(int(payload["member"]["permissions"]))
    assert (granted.send_messages, granted.attach_files) == (True, False)
    assert discord.Permissions(int(payload["app_permissions"])).attach_files
    assert discord.utils.snowflake_time(used.interaction_id).timestamp() == pytest.approx(
        standin.world.now_ms() / 1000, abs=5
    )


async def test_requests_are_checked_against_the_description(standin, studio, bot):
    if not os.environ.get("DISCORD_OPENAPI"):
        with pytest.raises(MissingDescription):
            validate_request(standin.requests[0])
        pytest.skip("DISCORD_OPENAPI is not set")
    assert standin.requests


@pytest.mark.skipif(not os.environ.get("DISCORD_OPENAPI"), reason="DISCORD_OPENAPI is not set")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/nonsense", None),
        ("PUT", "/channels/{channel_id}/messages", {"content": "x"}),
        ("POST", "/channels/{channel_id}/messages", {"content": 5}),
        ("POST", "/channels/{channel_id}/messages", None),
        ("GET", "/channels/{channel_id}", {"content": "x"}),
    ],
)
def test_the_validator_refuses_what_the_description_does_not_know(method, path, body):
    request = RecordedRequest(method, path, path, "", body, [], 0, content_type="application/json")
    with pytest.raises(Deviation):
        validate_request(request)
