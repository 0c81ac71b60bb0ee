"""What the log says of an error of a call."""

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.presentation.kit.discord_errors import LONGEST_ERROR, briefly

REQUEST = aiohttp.RequestInfo(
    URL("https://discord.com/api/v10/webhooks/1/secret-token"),
    "CONNECT",
    CIMultiDictProxy(CIMultiDict({"Proxy-Authorization": "Basic c2VjcmV0OnBhc3N3b3Jk"})),
    URL("https://discord.com/api/v10/webhooks/1/secret-token"),
)


@pytest.mark.parametrize("kind", [aiohttp.ClientHttpProxyError, aiohttp.ClientResponseError])
def test_neither_a_proxys_password_nor_a_token_is_told(kind: type[aiohttp.ClientResponseError]):
    error = kind(REQUEST, (), status=502, message="Bad Gateway")
    assert "c2VjcmV0" in repr(error)
    assert briefly(error) == f"{kind.__name__}: 502 Bad Gateway"


def test_a_token_in_the_address_that_could_not_be_reached_is_not_told():
    error = aiohttp.ConnectionTimeoutError(f"Connection timeout to host {REQUEST.url}?wait=true")
    assert briefly(error) == "ConnectionTimeoutError: Connection timeout to host ..."


def test_an_error_is_one_line_and_no_page():
    told = briefly(OSError("<html>\n" + "x" * 1000))
    assert told.startswith("OSError: <html> xxx")
    assert len(told) == len("OSError: ") + LONGEST_ERROR
