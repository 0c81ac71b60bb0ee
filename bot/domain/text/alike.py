"""Names that are spelt alike: which one somebody may have meant who typed another."""

import difflib
from collections.abc import Iterable

ALIKE = 0.7
"""From which share of equal letters on a model's name counts as spelt alike; with difflib's own 0.6 most of them are,
since they end alike."""


def nearest(typed: str, names: Iterable[str]) -> str:
    """Return the name that is spelt most like what was typed, whatever its case; empty if none is."""
    by_folded = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(typed.casefold(), by_folded, 1, ALIKE)
    return by_folded[found[0]] if found else ""
