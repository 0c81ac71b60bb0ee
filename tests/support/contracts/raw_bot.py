"""A bot without a library at the Discord stand-in, and what it sends."""

import io
import json
from typing import Any

import aiohttp

from sandbox.discord import DiscordStandIn, Used

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
    """Return a component that is a text."""
    return {"type": 10, "content": content}


def row(*custom_ids: str) -> dict[str, Any]:
    """Return a row of buttons."""
    buttons = [{"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} for custom_id in custom_ids]
    return {"type": 1, "components": buttons}


def gallery(*names: str, **item: Any) -> dict[str, Any]:
    """Return a gallery of attached files."""
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
    """Return an answer's status and Discord's code for what went wrong."""
    return answer[0], answer[1]["code"]


async def used(mei) -> Used:
    """Let mei use the command."""
    return await mei.invoke("imagine", {"prompt": "a cat"})
