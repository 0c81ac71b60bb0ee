"""Pictures that members keep as favourites, and where a server shows those that many like."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.jobs.job import Job


class Whose(StrEnum):
    """Whose favourites somebody looks at."""

    MINE = "mine"
    ALL = "all"  # everybody's in the server


class Order(StrEnum):
    """In which order."""

    NEWEST = "newest"
    STARS = "stars"  # what most like first


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for among favourites.

    Attributes:
        made_by: only what this member had drawn; 0: anybody.
    """

    whose: Whose
    order: Order
    made_by: int = 0


@dataclass(frozen=True, slots=True)
class Starred:
    """A job whose pictures somebody likes, and how many do."""

    job: Job
    stars: int


@dataclass(frozen=True, slots=True)
class GalleryPost:
    """Where a gallery channel shows a job's pictures.

    Attributes:
        message_id: 0: they are about to be posted, or were by a run that was killed before it could note where.
        is_wanted: they may be shown there as things stand.
    """

    channel_id: int
    message_id: int
    is_wanted: bool
