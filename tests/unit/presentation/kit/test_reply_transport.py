"""How long calls to Discord may take."""

import inspect
import re
import warnings

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    from discord.http import Ratelimit

from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S


def test_the_patient_limit_outlasts_discord_pys_wait_for_a_route_that_a_cancelled_call_left_closed():
    (waits_s,) = re.findall(r"if self\.expires else (\d+)", inspect.getsource(Ratelimit.acquire))
    # The call itself follows, once the route is open.
    assert int(waits_s) + 10 <= PATIENT_TIMEOUT_S
