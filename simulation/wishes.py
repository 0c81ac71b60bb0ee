"""What people know themselves of what they said and handed in, for whoever holds the program against it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Word:
    """What somebody said of whether others may edit their pictures.

    Attributes:
        person_id: Discord's id of who.
        may_edit: what they said.
        said_s: when, by the loop's time.
        heard_s: when the program confirmed it; infinite if it never did: then it may hold or not.
    """

    person_id: int
    may_edit: bool
    said_s: float
    heard_s: float = math.inf


@dataclass
class Wishes:
    """What people said, and what they asked for.

    Attributes:
        words: on whether others may edit their pictures, oldest first.
        owners: Discord's id of whose picture is to be edited, by the prompt; their own of who asks, too.
        wrong: prompts of requests that have something in them which must be refused.
    """

    words: list[Word] = field(default_factory=list[Word])
    owners: dict[str, int] = field(default_factory=dict[str, int])
    wrong: set[str] = field(default_factory=set[str])

    def say(self, person_id: int, at_s: float, *, may_edit: bool) -> Word:
        """Take note of what somebody says; who hears that the program has understood notes it in what is returned."""
        self.words.append(Word(person_id, may_edit, at_s))
        return self.words[-1]

    def standing(self, person_id: int, at_s: float) -> set[bool]:
        """Return which of somebody's words may hold at a time: where the program was not heard, or was, just then."""
        said = [Word(person_id, True, -math.inf, -math.inf)]
        said += [one for one in self.words if one.person_id == person_id and one.said_s <= at_s]
        return {one.may_edit for one in _last(said, at_s)}


def _last(said: list[Word], at_s: float) -> Iterator[Word]:
    """Yield the words after which no other was both said and heard."""
    for one in said:
        if not any(one.heard_s < other.said_s and other.heard_s <= at_s for other in said):
            yield one
