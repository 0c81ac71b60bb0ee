"""What tests of the client share: an order, a query in time, and a server that keeps what it is sent."""

from aiohttp import web

from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import ImageRequest
from bot.providers.dashscope.client import DashScopeClient
from sandbox.clock import SandboxClock
from tests.support.handed_in import png

KEY = "sk-a-very-secret-key"
TURBO = "wanx2.1-t2i-turbo"
ONE_OF_EACH = (TURBO, "wan2.6-t2i")
"""A model of each protocol."""

PROMPT = "一间花店, “quoted” 🌸"
HTML = b"<html><body>502 Bad Gateway</body></html>"


def order(model: str = TURBO, *, prompt: str = PROMPT, negative: str = "", count: int = 1) -> ImageRequest:
    """Return what the client is asked to have drawn."""
    return ImageRequest(prompt, negative, model, BUILT_IN[model].sizes.default, count, 7, False, False, False)


def pictures_of(model: str) -> list[SentPicture]:
    """Return what comes in with an order, of a model that draws nothing without."""
    return [SentPicture("image/png", png((520, 520)))] if BUILT_IN[model].edits_only else []


async def told(client: DashScopeClient, clock: SandboxClock, task_id: str):
    """Ask about a task, once that may be asked again."""
    clock.advance(1)  # past the pacer's slot
    return await client.query(task_id)


class Recorder:
    """A server of a few lines: keeps what came, byte for byte, and answers what it is told to."""

    def __init__(self) -> None:
        self.heads: list[tuple[str, str, dict[str, str], bytes]] = []
        self.peers: list[object] = []
        self.answer = web.Response(status=200)
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        assert request.transport is not None
        self.peers.append(request.transport.get_extra_info("peername"))
        self.heads.append((request.method, request.raw_path, dict(request.headers), body))
        return web.Response(status=self.answer.status, body=self.answer.body, headers=self.answer.headers)

    def says(self, status: int, body: bytes | str, **headers: str) -> None:
        self.answer = web.Response(status=status, body=body, headers=headers)
