"""Money is an integer of micro-yuan: 0.14 CNY is 140 000."""

from decimal import Decimal, InvalidOperation

MICROS_PER_CNY = 1_000_000

_SMALLEST = Decimal("0.000001")


def parse_cny(text: str) -> int:
    """Read an amount in CNY, such as ``"0.14"``, as micro-yuan.

    Raises:
        ValueError: if it is no finite, non-negative decimal number with at most six decimals.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount in CNY, such as 0.14") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text!r} is not an amount of zero or more")
    # Compared before anything is computed, which would round, or run over, at an exponent that is out of bounds.
    if amount >= to_cny(2**53):
        raise ValueError(f"{text!r} is more than any bill")
    exact = amount.quantize(_SMALLEST)
    if exact != amount:
        raise ValueError(f"{text!r} has more than six decimals")
    return int(exact * MICROS_PER_CNY)


def to_cny(micros: int) -> Decimal:
    """Return micro-yuan as a decimal amount of CNY."""
    return Decimal(micros) / MICROS_PER_CNY
