"""All that the bot asks for goes by its proxy: Discord's REST and gateway, the image service, its results."""

import asyncio
import contextlib
from collections import Counter
from urllib.parse import urlsplit

from sandbox.proxy import ProxyStandIn
from tests.support.world import World, open_world


def asked(world: World) -> Counter[str]:
    """How many requests each stand-in was asked, by host and port; the gateway's connection is not among them."""
    discord = urlsplit(world.discord.api_url).netloc
    results = world.vendor.result_host
    api = urlsplit(world.vendor.base_url).netloc
    return Counter(
        {
            discord: len([one for one in world.discord.requests if not one.operation.startswith("sandbox")]),
            **Counter(results if one.operation == "result" else api for one in world.vendor.requests),
        }
    )


async def draw(world: World) -> None:
    bob = world.member("bob")
    await world.imagine(bob)
    await world.imagine(bob, private=True)
    for number in (1, 2):
        await world.job_is("delivered", number)
    world.assert_books_agree()


async def test_a_proxy_serves_discord_and_the_image_service_and_its_password_stays_out_of_the_log(tmp_path, caplog):
    caplog.set_level("DEBUG")
    async with ProxyStandIn(login=("me", "s3cret/")) as proxy:
        network = {"proxy": f"http://me:s3cret%2F@{proxy.address}"}
        async with open_world(tmp_path, network=network) as world:
            await draw(world)
            gateway = urlsplit(world.discord.gateway_url).netloc
        through = Counter(one.target for one in proxy.seen)
        wanted = asked(world)
        assert set(through) == {*wanted, gateway}
        for host, count in wanted.items():
            # The gateway, on Discord's own port, is one more.
            assert through[host] - (host == gateway) == count, host
        assert proxy.refused == 0
    assert "s3cret" not in caplog.text
    assert f"{world.config.discord.api_url} is reached by the proxy http://{proxy.address}" in caplog.text


async def test_what_is_named_is_reached_without_the_proxy(tmp_path):
    async with ProxyStandIn() as proxy:
        network = {"proxy": f"http://{proxy.address}", "no_proxy": ["127.0.0.1"]}
        async with open_world(tmp_path, network=network) as world:
            await draw(world)
        assert proxy.seen == []


async def test_a_proxy_that_wants_a_login_that_is_not_there_lets_nothing_through(tmp_path, caplog):
    async with ProxyStandIn(login=("me", "s3cret")) as proxy:
        opening = asyncio.ensure_future(open_world(tmp_path, network={"proxy": f"http://{proxy.address}"}).__aenter__())
        async with asyncio.timeout(30):
            # The log wakes nobody.
            while "Discord can't be reached" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        opening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await opening
        assert "407" in caplog.text
        assert proxy.refused > 0
        assert proxy.seen == []
