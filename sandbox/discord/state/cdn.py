"""Signed attachment links that expire (reference.mdx "Signed Attachment CDN URLs")."""

import hashlib
import hmac
from urllib.parse import quote

from bot.ports import Clock
from sandbox.discord.state.messages import Attachment

LIFETIME_S = 24 * 3600
"""How long a link holds; the documentation gives no number, a day is what links in the wild carry (a guess)."""

ATTACHMENTS, EPHEMERAL_ATTACHMENTS = "attachments", "ephemeral-attachments"
"""Where files of messages lie, and those that members hand in with a command."""

_SECRET = b"sandbox-cdn"


class Cdn:
    """Signs links and checks them. ``base_url`` is set once the port is known."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.base_url = ""
        self.handed_in: dict[int, Attachment] = {}
        """What members handed in with commands, by id. How long the platform keeps it is not documented."""

    @property
    def host(self) -> str:
        """``host:port`` of the links."""
        return self.base_url.removeprefix("http://")

    def link(self, holder_id: int, attachment: Attachment, *, folder: str = ATTACHMENTS) -> str:
        """A link to the file that holds from now for `LIFETIME_S`.

        Args:
            holder_id: the channel of its message; of a file that was handed in with a command, the application.
            attachment: the file.
            folder: where files of its kind lie.
        """
        path = f"/{folder}/{holder_id}/{attachment.id}/{quote(attachment.filename)}"
        issued = self._clock.now_ms() // 1000
        ex, is_ = f"{issued + LIFETIME_S:x}", f"{issued:x}"
        return f"{self.base_url}{path}?ex={ex}&is={is_}&hm={_sign(holder_id, attachment.id, ex, is_)}&"

    def holds(self, holder_id: int, attachment_id: int, ex: str, is_: str, hm: str) -> bool:
        """Whether a link's signature is ours and its time has not come."""
        if not hmac.compare_digest(_sign(holder_id, attachment_id, ex, is_), hm):
            return False
        return self._clock.now_ms() // 1000 < int(ex, 16)


def _sign(holder_id: int, attachment_id: int, ex: str, is_: str) -> str:
    text = f"{holder_id}/{attachment_id}/{ex}/{is_}".encode()
    return hmac.new(_SECRET, text, hashlib.sha256).hexdigest()
