"""Files that members hand in with a command: uploaded by their client, named in the interaction, served by the CDN."""

import os

import aiohttp
import pytest

from sandbox.discord import ClientRefused, MemberFile
from tests.contracts.openapi import VARIABLE, validate_part
from tests.support.contracts.tiny_bot import png

CAT = MemberFile("my cat.png", png().getvalue())


async def test_an_unmodified_client_takes_a_members_file(standin, studio, bot):
    mei = standin.member("mei", studio)
    used = await mei.invoke("copy", {"file": CAT, "another": MemberFile("a.txt", b"words")})
    reply = await used.reply()
    assert reply.text == f"my_cat.png image/png 8x4 {len(CAT.data)} True"
    assert [await standin.fetch(file.url) for file in reply.attachments] == [CAT.data, b"words"]


async def test_a_file_is_named_as_discord_describes_it(standin, studio, bot):
    used = await standin.member("mei", studio).invoke("copy", {"file": CAT})
    await used.reply()
    data = used.interaction.data
    ((key, file),) = data["resolved"]["attachments"].items()
    assert data["options"] == [{"name": "file", "type": 11, "value": key}]
    assert file["id"] == key
    assert f"/ephemeral-attachments/{standin.application_id}/{key}/my_cat.png?ex=" in file["url"]
    if os.environ.get(VARIABLE):
        validate_part("AttachmentResponse", file)


@pytest.mark.parametrize("value", ["https://example.com/a.png", b"bytes", 5, None])
async def test_only_a_file_can_be_handed_in(standin, studio, bot, value):
    with pytest.raises(ClientRefused):
        await standin.member("mei", studio).invoke("copy", {"file": value})


async def test_a_link_dies_in_time_and_none_is_made_up(standin, studio, bot):
    used = await standin.member("mei", studio).invoke("copy", {"file": CAT})
    await used.reply()
    (file,) = used.interaction.data["resolved"]["attachments"].values()
    for url in (file["url"].replace("hm=", "hm=0"), file["url"].replace(file["id"], "1")):
        with pytest.raises(aiohttp.ClientResponseError):
            await standin.fetch(url)
    assert await standin.fetch(file["url"]) == CAT.data
    standin.world.clock.advance(25 * 3600)
    with pytest.raises(aiohttp.ClientResponseError):
        await standin.fetch(file["url"])
