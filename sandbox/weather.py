"""What may go wrong with one request, at the vendor and at Discord; all of it passes.

Refusals that are meant to be final (403, 404, 413, a dead token) are no weather: what follows from them has tests of
its own. Neither is an answer that lies: a 500 in the vendor's own form says that no task was made, so it comes before
any effect only.
"""

import json

from sandbox.dashscope.pictures.oddities import ODD_ANSWERS
from sandbox.faults import Fault

CHANCE = 0.05

PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


def page(status: int, *, effect: bool = False) -> Fault:
    """Return a gateway's answer: a page for people."""
    return Fault(status=status, body=PAGE, content_type="text/html", when="after" if effect else "before")


# -- the vendor; delays are in its own seconds, which are the bot's


def told(status: int, code: str, **headers: str) -> Fault:
    """Return an answer in the vendor's form."""
    body = json.dumps({"code": code, "message": "try again later", "request_id": "weather"})
    return Fault(status=status, body=body.encode(), headers=headers)


def status_of(status: str) -> Fault:
    """Return a query's answer that is wrong for now."""
    body = {"request_id": "weather", "output": {"task_id": "weather", "task_status": status}}
    return Fault(status=200, body=json.dumps(body).encode())


THROTTLED = told(429, "Throttling.RateQuota", **{"Retry-After": "3"})
NO_EFFECT = [
    THROTTLED,
    told(500, "InternalError"),
    page(502),
    page(503),
    Fault(cut=True),
    Fault(delay_s=8),
    Fault(delay_s=100, cut=True),
]
LOST_ANSWER = [
    page(502, effect=True),
    Fault(cut=True, when="after"),
    Fault(truncate_to=25),
    Fault(delay_s=100, cut=True, when="after"),
]
VENDOR = {
    "create": [*NO_EFFECT, *LOST_ANSWER],
    "call": [*NO_EFFECT, *LOST_ANSWER],
    "text": [*NO_EFFECT, *LOST_ANSWER],
    "query": [*NO_EFFECT, *LOST_ANSWER, page(200), status_of("UNKNOWN"), status_of("PENDING"), status_of("SUSPENDED")],
    "list": [*NO_EFFECT, *LOST_ANSWER],
    "cancel": [*NO_EFFECT, *LOST_ANSWER],
    # A page instead of a picture, whole and with 200, can't be told from a picture that never was one: it is lost.
    "result": [page(429), page(500), page(503), *ODD_ANSWERS.values(), *LOST_ANSWER, Fault(delay_s=8)],
}

# -- Discord; in the soak a second of its delays is five of the bot's

LIMITED = Fault(
    status=429,
    body=b'{"message":"You are being rate limited.","retry_after":1.5,"global":false}',
    headers={"Via": "1.1 google", "Retry-After": "2", "X-RateLimit-Scope": "shared"},
)
UNSEEN = [
    LIMITED,
    page(429),
    Fault(status=500, body=b'{"message":"500: Internal Server Error","code":0}'),
    page(502),
    page(503),
    Fault(cut=True),
    Fault(delay_s=1.5),
    Fault(delay_s=4, cut=True),
]
UNHEARD = [
    page(502, effect=True),
    Fault(cut=True, when="after"),
    Fault(truncate_to=25),
    Fault(delay_s=4, cut=True, when="after"),
]
DOWN = [page(503), Fault(cut=True)]
ANY = [*UNSEEN, *UNHEARD]
DISCORD = {
    **dict.fromkeys(("callback", "get_original", "edit_original", "delete_original"), ANY),
    **dict.fromkeys(("get_followup", "edit_followup", "delete_followup"), ANY),
    # Webhooks know no nonce: a follow-up whose answer is lost may be seen twice, and the bot says so.
    "followup": UNSEEN,
    **dict.fromkeys(("get_channel", "get_messages", "get_message"), ANY),
    **dict.fromkeys(("create_message", "edit_message", "delete_message", "create_dm"), ANY),
    "gateway": DOWN,
    "gateway_slash": DOWN,
}
