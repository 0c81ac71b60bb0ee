"""When a model goes offline, in the forms in which the list of models may say it: none is documented."""

import re
from datetime import datetime

from bot.domain.requests.model import VENDOR_ZONE
from bot.domain.time.moments import FIRST_YEAR, LAST_YEAR

MILLISECONDS_ABOVE = 10**11
"""As seconds that would be in the year 5138, as milliseconds it is in 1973."""

_NUMBER = re.compile(r"[0-9]{9,}(?:\.[0-9]*)?")
"""Text that is a number of seconds or milliseconds, and no day written without dashes."""


def offline_ms(value: object) -> int:
    """Return milliseconds since the epoch; 0 if there is no time in it that can be read.

    Days and times without a zone are Beijing's, as all that the vendor writes without one.
    """
    if isinstance(value, str):
        text = value.strip()
        return _of_number(float(text)) if _NUMBER.fullmatch(text) else _of_text(text)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(value)
    return 0


def _of_number(number: float) -> int:
    # Whatever is no number of this century is none of these; comparing also turns away NaN and what no float can be.
    if not 0 < number < MILLISECONDS_ABOVE * 1000:
        return 0
    return _within_years(int(number if number >= MILLISECONDS_ABOVE else number * 1000))


def _of_text(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=VENDOR_ZONE)
        return _within_years(int(zoned.timestamp() * 1000))
    except (ValueError, OverflowError):
        return 0


def _within_years(ms: int) -> int:
    first, after = (datetime(year, 1, 1, tzinfo=VENDOR_ZONE) for year in (FIRST_YEAR, LAST_YEAR + 1))
    return ms if first.timestamp() <= ms / 1000 < after.timestamp() else 0
