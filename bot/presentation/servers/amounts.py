"""Amounts of money as admins type them."""

import re
import unicodedata
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from bot.domain.money import parse_cny
from bot.errors import MemberError
from bot.presentation.kit.texts import language_of

# Between two numbers a sign is a decimal point in spoken Chinese (1块5 is 1.50): there it is refused, not dropped.
BEFORE = re.compile(r"\A(?:CN¥|CNY|RMB|¥|人民币)\s*", re.IGNORECASE)
AFTER = re.compile(r"\s*(?:CNY|RMB|元|圆|块钱?|人民币)\Z", re.IGNORECASE)

NUMBER = re.compile(r"[0-9.,]{1,20}")
"""No exponents, no infinity: `Decimal` would take both, and expand the former into as many digits."""


def parse_amount(text: str, locale: str) -> int:
    """Read an amount in the reader's form, with or without the currency's sign, as micro-yuan.

    Raises:
        MemberError: saying what would do.
    """
    # Full-width digits and signs are what a Chinese keyboard gives.
    plain = AFTER.sub("", BEFORE.sub("", unicodedata.normalize("NFKC", text).strip()))
    if not NUMBER.fullmatch(plain):
        plain = ""
    try:
        amount: Decimal = parse_decimal(plain, locale=language_of(locale).replace("-", "_"), strict=True)
        return parse_cny(str(amount))
    except (NumberFormatError, ValueError):
        raise MemberError("invalid-amount", typed=text, amount=1_500_000) from None
