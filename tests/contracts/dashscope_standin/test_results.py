"""Signed result URLs of the stand-in: every mistake that a client can make with them, and the pictures."""

import html
import io
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, unquote

import aiohttp
import pytest
import yarl
from PIL import Image

from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.pictures.drawing import draw, padded
from sandbox.faults import Fault

PNG = b"\x89PNG\r\n\x1a\n"


class Shop:
    """Orders pictures and fetches them."""

    def __init__(self, vendor: DashScopeStandIn, clock: SandboxClock, session: aiohttp.ClientSession) -> None:
        self.vendor = vendor
        self.clock = clock
        self.session = session

    async def url(self, prompt: str = "a cat", **params: Any) -> str:
        body = {"model": "wanx2.1-t2i-turbo", "input": {"prompt": prompt}}
        body["parameters"] = {"n": 1, "size": "512*512", **params}
        headers = {"Authorization": "Bearer sk-sandbox", "X-DashScope-Async": "enable"}
        address = self.vendor.base_url + "/services/aigc/text2image/image-synthesis"
        async with self.session.post(address, json=body, headers=headers) as answer:
            task_id = (await answer.json())["output"]["task_id"]
        self.clock.advance(60)
        image = self.vendor.tasks[task_id].images[0]
        assert isinstance(image, str)
        return image

    async def get(self, url: str | yarl.URL, method: str = "GET", **kwargs: Any) -> tuple[int, str, bytes]:
        address = yarl.URL(url, encoded=True) if isinstance(url, str) else url
        async with self.session.request(method, address, **kwargs) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.read()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    clock = SandboxClock(scale=0)
    async with DashScopeStandIn(clock=clock) as vendor, aiohttp.ClientSession() as session:
        yield Shop(vendor, clock, session)


async def test_an_untouched_url_gives_the_picture(shop: Shop):
    url = await shop.url(size="512*640")
    assert url.startswith(f"http://{shop.vendor.result_host}/1d/")
    assert shop.vendor.result_host not in shop.vendor.base_url
    status, content_type, body = await shop.get(url)
    assert (status, content_type) == (200, "image/png")
    assert Image.open(io.BytesIO(body)).size == (512, 640)


async def test_every_signature_holds_what_clients_garble(shop: Shop):
    for _ in range(5):
        signature = (await shop.url()).partition("Signature=")[2]
        assert "%2B" in signature
        assert "%2F" in signature


async def test_signatures_can_be_left_to_chance(shop: Shop):
    shop.vendor.tricky_signatures = False
    assert (await shop.get(await shop.url()))[0] == 200


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(unquote, id="unquoted"),
        pytest.param(lambda url: quote(url, safe=":/?&="), id="quoted twice"),
        pytest.param(html.escape, id="escaped for HTML"),
        pytest.param(lambda url: url.replace("%2F", "/"), id="rewritten by yarl"),
        pytest.param(lambda url: url.replace("%2B", "%2b"), id="other case of an escape"),
        pytest.param(lambda url: url + "&x-oss-process=image", id="more in the query"),
        pytest.param(lambda url: url.partition("?")[0], id="no query"),
        pytest.param(lambda url: url.replace("-1.png", "-2.png"), id="another object"),
    ],
)
async def test_a_spoilt_url_is_refused_in_xml(shop: Shop, spoil: Any):
    status, content_type, body = await shop.get(spoil(await shop.url()))
    assert (status, content_type) == (403, "application/xml")
    assert b"<Code>" in body


async def test_a_text_url_is_rewritten_by_aiohttp_and_refused(shop: Shop):
    status, _, body = await shop.get(yarl.URL(await shop.url()))
    assert status == 403
    assert b"SignatureDoesNotMatch" in body


async def test_headers_that_do_not_belong_are_refused(shop: Shop):
    url = await shop.url()
    status, _, body = await shop.get(url, headers={"Content-Type": "application/json"})
    assert status == 403
    assert b"SignatureDoesNotMatch" in body
    assert (await shop.get(url, headers={"Authorization": "Bearer sk-sandbox"}))[0] == 400
    assert (await shop.get(url, method="HEAD"))[0] == 403
    assert (await shop.get(url))[0] == 200


async def test_a_url_expires_after_a_day(shop: Shop):
    url = await shop.url()
    shop.clock.advance(24 * 3600)
    status, _, body = await shop.get(url)
    assert status == 403
    assert b"Request has expired." in body


async def test_a_later_expiry_is_not_believed(shop: Shop):
    url = await shop.url()
    expires = url.partition("Expires=")[2].partition("&")[0]
    assert (await shop.get(url.replace(expires, str(int(expires) + 60))))[0] == 403


async def test_bodies_can_be_anything(shop: Shop):
    shop.vendor.next_outcome(Outcome(image_bytes=b"<html>"))
    assert (await shop.get(await shop.url()))[2] == b"<html>"
    shop.vendor.next_outcome(Outcome(image_size_bytes=9 * 2**20))
    body = (await shop.get(await shop.url()))[2]
    assert len(body) == 9 * 2**20
    Image.open(io.BytesIO(body)).verify()
    shop.vendor.image_bytes_override = PNG
    assert (await shop.get(await shop.url()))[2] == PNG


async def test_a_download_can_break_off(shop: Shop):
    url = await shop.url()
    shop.vendor.faults.add("result", Fault(truncate_to=100))
    with pytest.raises(aiohttp.ClientError):
        await shop.get(url)
    assert (await shop.get(url))[0] == 200


async def test_the_log_notes_the_download_without_its_signature(shop: Shop):
    await shop.get(await shop.url())
    entry = shop.vendor.requests[-1]
    assert (entry.operation, entry.status) == ("result", 200)
    assert "Signature" not in repr(entry)


def test_pictures_depend_on_prompt_seed_and_size():
    picture = draw("一只猫", 1, (512, 512))
    assert draw("一只猫", 1, (512, 512)) == picture
    others = [draw("一朵花", 1, (512, 512)), draw("一只猫", 2, (512, 512)), draw("一只猫", 1, (512, 768))]
    assert len({picture, *others}) == 4


@pytest.mark.parametrize("prompt", ["flowers", "the sea", "a city", "a forest", "雪山", "a robot", "星空"])
def test_every_scene_is_drawn_in_odd_shapes(prompt: str):
    picture = Image.open(io.BytesIO(draw(prompt, 3, (1440, 513))))
    assert picture.size == (1440, 513)


def test_the_watermark_sits_bottom_right():
    plain, marked = (
        Image.open(io.BytesIO(draw("a cat", 1, (640, 512), watermark=mark))).convert("RGB") for mark in (False, True)
    )
    assert plain.crop((0, 0, 480, 512)).tobytes() == marked.crop((0, 0, 480, 512)).tobytes()
    assert plain.tobytes() != marked.tobytes()


def test_a_picture_cannot_be_padded_to_less_than_it_is():
    with pytest.raises(ValueError, match="already has"):
        padded(draw("a cat", 1, (512, 512)), 100)
