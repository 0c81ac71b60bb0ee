"""What is kept about a member, how it is taken along, and what is erased."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.jobs.job import FINAL, JobState
from bot.errors import MemberError

ERASABLE = FINAL | {JobState.UNDELIVERED}
"""States in which nothing is under way any more: whoever is forgotten must have all jobs in one of these."""

MOST_NAMED = 10
"""Numbers of jobs under way that a refusal names."""

ENTRY_OVERHEAD_BYTES = 256
"""More than a ZIP archive adds for one short-named file: 30 + 46 bytes and twice its name."""

ARCHIVE_OVERHEAD_BYTES = 64
"""More than the 22 bytes with which a ZIP archive ends."""


class Lasting(StrEnum):
    """What of a member may outlast their being forgotten."""

    BLOCK = "block"
    STRIKES = "strike"  # prompts that the image service refused, and that count for a pause
    RULE = "rule"  # what of an admin's rule for them is stricter than what holds without it
    USED = "used"  # of a running period
    REQUEST = "request"  # when they last asked, where they have to wait between requests
    REFUSED = "refused"  # prompts that count for the shorter wait
    PREFERENCE = "preference"  # that others may not edit their pictures


Outlasting = Mapping[Lasting, int]
"""Until when, over all servers; 0: until somebody ends it."""


@dataclass(frozen=True, slots=True)
class Keepings:
    """What is kept about a member, in figures.

    Attributes:
        jobs: whose prompts are kept.
        pictures: kept files.
        messages: of jobs whose reply is known.
        rules: of the member's own.
        credit_micros: left, over all servers.
        blocks: in force.
        open_appeals: not decided yet.
        reference_sets: kept to edit by, those included that are shared with a server.
        under_way: numbers of jobs that have not ended.
        outlasting: an earlier forgetting, under a keyed hash.
        forbids_editing: others may not edit their pictures.
    """

    jobs: int = 0
    pictures: int = 0
    messages: int = 0
    rules: int = 0
    credit_micros: int = 0
    blocks: int = 0
    open_appeals: int = 0
    reference_sets: int = 0
    under_way: tuple[int, ...] = ()
    is_known: bool = False
    outlasting: Outlasting = field(default_factory=dict[Lasting, int])
    forbids_editing: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased.

    Attributes:
        jobs: whose prompts were erased.
        pictures: files that go.
        messages: of the bot that it tries to delete.
        outlasting: it, under a keyed hash.
    """

    jobs: int
    pictures: int
    messages: int
    outlasting: Outlasting


@dataclass(frozen=True, slots=True)
class LeftoverMessage:
    """A message of the bot that is to be deleted.

    Attributes:
        token: the interaction's, which alone reaches a private reply; may be dead.
        attempts: how often Discord would not take it.
    """

    message_id: int
    channel_id: int
    application_id: int
    token: str = field(repr=False)
    token_expires_ms: int
    attempts: int


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A kept file: its path below the folder of pictures, and its name in an archive."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Export:
    """All that is kept about a member, to be taken along.

    Attributes:
        documents: what becomes a JSON file each, by name.
        pictures: oldest job first, so that later ones change nothing about how earlier ones are spread.
    """

    documents: Mapping[str, Any]
    pictures: tuple[KeptPicture, ...]


def spread(sizes: Sequence[int], limit_bytes: int) -> tuple[list[list[int]], list[int]]:
    """Spread an archive's entries over as few parts as their order allows.

    Args:
        sizes: of the entries, bytes at most.
        limit_bytes: of one part.

    Returns:
        The entries of each part, and those that no part can carry, by their place in ``sizes``.
    """
    room = limit_bytes - ARCHIVE_OVERHEAD_BYTES
    parts: list[list[int]] = []
    too_large: list[int] = []
    left = 0
    for place, size in enumerate(sizes):
        needed = size + ENTRY_OVERHEAD_BYTES
        if needed > room:
            too_large.append(place)
            continue
        if not parts or needed > left:
            parts.append([])
            left = room
        parts[-1].append(place)
        left -= needed
    return parts, too_large


def refuse_under_way(numbers: Sequence[int]) -> None:
    """Refuse a member whose jobs have not all ended.

    Raises:
        MemberError: naming those that have not.
    """
    if numbers:
        named = ", ".join(f"#{number}" for number in numbers[:MOST_NAMED])
        raise MemberError("forget-under-way", jobs=len(numbers), numbers=named)


def keyed_hash(key: bytes, member_id: int) -> bytes:
    """Return the 32 bytes under which a forgotten member is known again.

    Discord's ids are no secret: without the key, whoever has a list of members could try them all.
    """
    return hmac.new(key, f"member {member_id}".encode(), hashlib.sha256).digest()
