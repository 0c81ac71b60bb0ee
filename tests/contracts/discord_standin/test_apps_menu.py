"""Commands of a message's Apps menu, and the files that members post: as an unmodified client is told of them."""

import os

import pytest

from sandbox.discord import ClientRefused, MemberFile, Permission
from tests.contracts.openapi import VARIABLE, validate_part
from tests.support.contracts.tiny_bot import png

CAT = MemberFile("my cat.png", png().getvalue())


async def test_a_client_is_told_of_a_members_message_and_its_files(standin, studio, bot):
    mei, tom = standin.member("mei", studio), standin.member("tom", studio)
    message = mei.say("look", CAT, MemberFile("a.txt", b"words"))
    assert [await standin.fetch(file.url) for file in message.attachments] == [CAT.data, b"words"]
    used = await tom.use_on(message, "Show files")
    assert (
        await used.reply()
    ).text == f"mei | False | None | my_cat.png image/png {len(CAT.data)} | a.txt text/plain 5"
    data = used.interaction.data
    assert (data["type"], data["target_id"]) == (3, str(message.id))
    assert list(data["resolved"]["messages"]) == [str(message.id)]
    if os.environ.get(VARIABLE):
        validate_part("MessageResponse", data["resolved"]["messages"][str(message.id)])


async def test_of_a_bots_message_the_galleries_come_along_and_of_a_webhooks_its_id(standin, studio, bot):
    mei = standin.member("mei", studio)
    made = await (await mei.invoke("imagine", {"prompt": "defer"})).reply()
    shown = await (await mei.use_on(made, "Show files")).reply()
    assert shown.text == f"imagine-bot | False | {standin.application_id} | image/png True"
    posted = mei.say("", CAT, by_webhook=True)
    shown = await (await mei.use_on(posted, "Show files")).reply()
    assert shown.text.startswith(f"mei's webhook | False | {posted.raw['webhook_id']} | my_cat.png")


async def test_what_a_client_does_not_offer_is_not_sent(standin, studio, bot):
    mei, tom = standin.member("mei", studio), standin.member("tom", studio)
    message = mei.say("look", CAT)
    with pytest.raises(ClientRefused, match="there is no command"):
        await tom.use_on(message, "imagine")
    with pytest.raises(ClientRefused, match="there is no command"):
        await tom.invoke("Show files")
    private = await (await mei.invoke("imagine", {"prompt": "x", "private": True})).reply()
    with pytest.raises(ClientRefused, match="gone"):
        await tom.use_on(private, "Show files")
    studio.overwrite("general", "@everyone", deny=Permission.USE_APPLICATION_COMMANDS)
    with pytest.raises(ClientRefused, match="USE_APPLICATION_COMMANDS"):
        await tom.use_on(message, "Show files")
    mei.delete(message)
    with pytest.raises(ClientRefused, match="gone"):
        await mei.use_on(message, "Show files")
