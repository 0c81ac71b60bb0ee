"""The client against the stand-in: a chosen region as rectangles of the picture that it is in."""

import json
from dataclasses import replace

import aiohttp
import pytest

from bot.domain.pictures.inputs import InputPicture, SentPicture
from bot.domain.pictures.region import Region
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import ImageRequest
from bot.providers.dashscope.client import DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from tests.support.contracts.vendor_client import KEY, Recorder, order
from tests.support.handed_in import png

WAN27 = "wan2.7-image"
SIZES = [(240, 240), (641, 523)]
SENT = [SentPicture("image/png", png(size)) for size in SIZES]
TWO = Region(0b1000_0000_0011_0011)


def request(region: Region | None, *sizes: tuple[int, int]) -> ImageRequest:
    kept = tuple(InputPicture("1/2.png", 9, *size, is_scaled=False, is_flattened=False) for size in sizes)
    return replace(order(WAN27), pictures=kept, region=region)


async def said(recorder: Recorder, client: DashScopeClient, asked: ImageRequest) -> object:
    recorder.heads.clear()
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    await client.create(asked, SENT[-len(asked.pictures) :])
    ((*_, body),) = recorder.heads
    return json.loads(body)["parameters"].get("bbox_list")


def client_of(session: aiohttp.ClientSession, clock: SandboxClock, url: str) -> DashScopeClient:
    return DashScopeClient(session, base_url=url, api_key=KEY, catalogue=BUILT_IN, clock=clock)


async def test_each_picture_has_its_list_and_the_last_one_the_rectangles(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = client_of(session, clock, recorder.url)
    boxes = [[0, 0, 319, 260], [480, 392, 640, 522]]
    assert await said(recorder, client, request(TWO, SIZES[1])) == [boxes]
    clock.advance(5)
    assert await said(recorder, client, request(TWO, *SIZES)) == [[], boxes]


async def test_where_nobody_chose_a_region_none_is_sent(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    assert await said(recorder, client_of(session, clock, recorder.url), request(None, SIZES[1])) is None


@pytest.mark.parametrize("bits", [1, 0b11, 1 << 15, 2**16 - 1, 0b1000_0000_0011_0011])
async def test_the_service_takes_every_region_as_it_is_sent(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, bits: int
):
    asked = request(Region(bits), *SIZES)
    created = await client_of(session, clock, vendor.base_url).create(asked, SENT)
    boxes = vendor.tasks[created.task_id].order.boxes
    assert boxes == ((), tuple(asked.region.boxes(*SIZES[1]) if asked.region else ()))
