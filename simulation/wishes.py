"""What people know themselves of what they said and handed in, for whoever holds the program against it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.discord import Used
from simulation.machine.process import Process


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


@dataclass(frozen=True)
class KeptSet:
    """A set of pictures that somebody wished to have kept under a name, be it kept or not.

    Attributes:
        person_id: Discord's id of who.
        is_shared: for everybody in the server.
        colours: of its pictures, each of which has one.
    """

    server_id: int
    person_id: int
    is_shared: bool
    colours: tuple[tuple[int, int, int], ...]

    def is_usable(self, server_id: int, person_id: int) -> bool:
        """Whether somebody may use it in a server."""
        return self.server_id == server_id and (self.is_shared or self.person_id == person_id)


@dataclass(frozen=True)
class FieldPress:
    """A press on a field of a grid.

    Attributes:
        field: its name.
        is_chosen: whether it was to be chosen from then on, or not any more.
        used: what came of it.
        process: of the bot that ran.
    """

    field: str
    is_chosen: bool
    used: Used
    process: Process

    def was_taken(self, until_s: float) -> bool:
        """Whether the program certainly took it by then, if the disk took what it wrote: it was heard, and lived."""
        interaction = self.used.interaction
        return interaction.settled.is_set() and not interaction.failed and self.process.ended_s > until_s


@dataclass
class Wishes:
    """What people said, and what they asked for.

    Attributes:
        words: on whether others may edit their pictures, oldest first.
        thought_of: prompts, whether anything could be asked with them or not.
        prompts: by the interactions that asked with them.
        owners: Discord's ids of whose picture is to be edited, by the prompt: of who posted it or asked for it, then of
            those whose pictures it was made from, the nearest first; who asks may be among them.
        sets: of pictures, by their names, which none has twice.
        adding: ids of the interactions that were to add them.
        regions: what was pressed to choose a region, by the prompt, in that order.
        uses: names of sets that pictures are to be made of, by the prompt.
        wrong: prompts of requests that have something in them which must be refused.
    """

    words: list[Word] = field(default_factory=list[Word])
    thought_of: set[str] = field(default_factory=set[str])
    prompts: dict[int, str] = field(default_factory=dict[int, str])
    owners: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    sets: dict[str, KeptSet] = field(default_factory=dict[str, KeptSet])
    adding: set[int] = field(default_factory=set[int])
    regions: dict[str, list[FieldPress]] = field(default_factory=dict[str, list[FieldPress]])
    uses: dict[str, str] = field(default_factory=dict[str, str])
    wrong: set[str] = field(default_factory=set[str])

    def think_of(self, who: str, number: int, where: str) -> str:
        """Return a prompt that nobody has thought of, be it for a command that a client turned out to lack.

        Args:
            who: asks, with what the prompt begins with before that.
            number: of the request, or of an earlier one.
            where: the server's name.
        """
        while (words := f"{who} {number} at {where}") in self.thought_of:
            number += 1
        self.thought_of.add(words)
        return words

    def names_from(self, server_id: int, *, untyped_in: str) -> list[str]:
        """Return the names of a server's sets that nobody has typed in another one, by that one's name."""
        typed = {name for text, name in self.uses.items() if text.endswith(untyped_in)}
        return [name for name, one in self.sets.items() if one.server_id == server_id and name not in typed]

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
