"""About how many tokens a prompt has, for models whose limit is told in these."""

import re

_PIECE = re.compile(r"[\u2e80-\uffff\U00010000-\U0010ffff]|[^\W\d_\u2e80-\uffff]+|\d|[^\w\s]|_")
LETTERS = 4
"""Of a word in one token. English has about five, so that a prompt counts as a little longer than it is: what is too
long by the vendor's count is cut without a word, which is worse than to be asked for a shorter one."""


def count(text: str) -> int:
    """Return about how many tokens a text has: a Chinese character or a digit is one, a word one for four letters."""
    return sum(-(-len(piece) // LETTERS) if piece[0] < "\u2e80" else 1 for piece in _PIECE.findall(text))
