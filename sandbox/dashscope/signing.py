"""Signed result URLs: Alibaba OSS, version 1 (alibabacloud.com/help/en/oss/add-signatures-to-urls)."""

import base64
import hashlib
import hmac
import random
import uuid
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

BUCKET = "dashscope-result-wlcb"
_SECRET = b"the secret of a bucket that does not exist"


@dataclass(frozen=True)
class SignedTarget:
    """What a GET must ask for, byte for byte; ``expires_s`` is seconds since the epoch."""

    path: str
    query: str
    expires_s: int

    @property
    def raw(self) -> str:
        return f"{self.path}?{self.query}"


@dataclass(frozen=True)
class GivenQuery:
    """The three parts of a signed URL's query, decoded as a form is: a bare ``+`` means a space."""

    expires: str
    key_id: str
    signature: str


def sign(verb: str, path: str, expires: str, *, content_type: str = "", content_md5: str = "") -> str:
    """The base64 HMAC-SHA1 of what OSS signs; ``path`` is decoded, without the bucket."""
    text = f"{verb}\n{content_md5}\n{content_type}\n{expires}\n/{BUCKET}{path}"
    return base64.b64encode(hmac.new(_SECRET, text.encode(), hashlib.sha1).digest()).decode()


def issue(now_ms: int, draw: random.Random, *, lifetime_s: int, day: str, tricky: bool) -> SignedTarget:
    """Make the target of a new image.

    Args:
        now_ms: milliseconds since the epoch.
        draw: where the names come from.
        lifetime_s: seconds for which it is valid.
        day: ``YYYYMMDD``, a part of the path.
        tricky: draw until the signature holds both ``+`` and ``/``, the letters that a careless client
            garbles; without it a third of the signatures hold a ``+``, and bugs show only sometimes.
    """
    expires_s = now_ms // 1000 + lifetime_s
    while True:
        name = uuid.UUID(int=draw.getrandbits(128), version=4)
        path = f"/1d/{draw.randrange(256):02x}/{day}/{draw.getrandbits(32):08x}/{name}-1.png"
        signature = sign("GET", path, str(expires_s))
        if not tricky or ("+" in signature and "/" in signature):
            break
    key_id = "LTAI5t" + "".join(draw.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789", k=18))
    query = f"Expires={expires_s}&OSSAccessKeyId={key_id}&Signature={quote(signature, safe='')}"
    return SignedTarget(path, query, expires_s)


def read_query(raw_target: str) -> GivenQuery | None:
    """The signature's parts in a request's target, or None if one is missing."""
    given = dict(parse_qsl(raw_target.partition("?")[2], keep_blank_values=True))
    try:
        return GivenQuery(given["Expires"], given["OSSAccessKeyId"], given["Signature"])
    except KeyError:
        return None


def path_of(raw_target: str) -> str:
    return unquote(raw_target.partition("?")[0])
