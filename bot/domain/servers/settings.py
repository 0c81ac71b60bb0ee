"""What a server's admins decide beside rules: calendar, places, roles."""

from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.text.enhance import Enhance
from bot.domain.time.periods import Period, PeriodKind, period_at

GALLERY_STARS = 3
"""From which a gallery channel shows pictures, where admins say nothing of it."""


class Posting(StrEnum):
    """Who sees the pictures."""

    FREE = "free"  # each member chooses
    PUBLIC = "public"  # everybody in the channel
    PRIVATE = "private"  # the member alone


class Previews(StrEnum):
    """How the feed of the log channel shows pictures."""

    SHOW = "show"
    SPOILER = "spoiler"  # covered until they are clicked, unless the log channel is age-restricted
    NONE = "none"


class Exposure(StrEnum):
    """Who else than its moderators may come to read what a server's log channel has."""

    EVERYONE = "everyone"  # each member of the server sees the channel
    FOLLOWERS = "followers"  # an announcement channel: what is published there goes to all servers that follow it


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which periods a server counts in.

    Attributes:
        zone: an IANA name, in which the periods begin.
        since_ms: when this calendar came into force; 0: from the beginning.
    """

    kind: PeriodKind
    zone: str
    since_ms: int = 0

    def period_at(self, now_ms: int) -> Period:
        """Return the period that contains ``now_ms``; the first one begins no earlier than the calendar itself."""
        period = period_at(self.kind, ZoneInfo(self.zone), now_ms)
        if not self.since_ms:
            return period
        # The zone belongs to the key: two zones have the same day at different times.
        return Period(f"{period.key} {self.zone}", max(period.start_ms, self.since_ms), period.end_ms)


@dataclass(frozen=True, slots=True)
class Settings:
    """One server's settings; None or nothing means that the operator's word, or no restriction, applies.

    Attributes:
        calendar: in force since ``calendar.since_ms``.
        next_calendar: takes over at its ``since_ms``.
        pool_micros: what the server may use per month, below the operator's ceiling.
        channels: where pictures may be asked for: channels, their categories or their threads' parents.
        models: which may be used.
        admin_roles: members of these roles set quotas and settings.
        moderator_roles: members of these roles moderate.
        log_channel: where the bot reports what moderators and admins should know; 0: nowhere.
        log_exposure: who else may read it, as its admins agreed to when they chose it.
        confirms_paid: the first paid request of a member's period asks before it holds.
        previews: how the feed of the log channel shows pictures.
        age_restricted_only: pictures may be asked for in age-restricted channels alone.
        edits_others: members may edit pictures of others who have not said no to that.
        enhance: what becomes of a prompt whose member says nothing of it.
        language: of what is said to nobody in particular, as its catalogue is called; "": as Discord has it.
        gallery_channel: where pictures are shown that many like, if their owner allows it; 0: nowhere.
        gallery_stars: from how many stars of others on.
        shows_receipts: what pictures took, and their seeds, stand on their message for all to read.
        shares_buttons: whoever sees pictures may ask for the same, with their own quota, by the buttons under them.
    """

    calendar: Calendar | None = None
    next_calendar: Calendar | None = None
    pool_micros: int | None = None
    channels: frozenset[int] = frozenset()
    models: frozenset[str] = frozenset()
    posting: Posting = Posting.FREE
    admin_roles: frozenset[int] = frozenset()
    moderator_roles: frozenset[int] = frozenset()
    log_channel: int = 0
    log_exposure: frozenset[Exposure] = frozenset()
    confirms_paid: bool = True
    previews: Previews = Previews.SPOILER
    age_restricted_only: bool = False
    edits_others: bool = False
    enhance: Enhance = Enhance.OFF
    language: str = ""
    gallery_channel: int = 0
    gallery_stars: int = GALLERY_STARS
    shows_receipts: bool = False
    shares_buttons: bool = False

    def calendar_at(self, now_ms: int) -> Calendar | None:
        """Return the calendar in force; None: the operator's."""
        if self.next_calendar is not None and now_ms >= self.next_calendar.since_ms:
            return self.next_calendar
        return self.calendar

    def language_over(self, discords: str) -> str:
        """Return the language of what is said to nobody in particular, in a server whose own Discord has as this."""
        return self.language or discords

    def with_calendar(self, wanted: Calendar, default: Calendar, now_ms: int) -> "Settings":
        """Change the calendar at the end of the period that runs now.

        Args:
            wanted: kind and zone.
            default: the operator's, which applies where the server has none.
            now_ms: when this is decided.
        """
        current = self.calendar_at(now_ms) or default
        boundary_ms = current.period_at(now_ms).end_ms
        following = replace(wanted, since_ms=boundary_ms)
        if (following.kind, following.zone) == (current.kind, current.zone):
            # Back to what applies already: nothing changes at the boundary.
            return replace(self, calendar=self.calendar_at(now_ms), next_calendar=None)
        return replace(self, calendar=self.calendar_at(now_ms), next_calendar=following)

    def pool_within(self, ceiling_micros: int | None) -> int | None:
        """Return the pool that applies: the lower of the admins' and the operator's; None: no ceiling."""
        known = [limit for limit in (self.pool_micros, ceiling_micros) if limit is not None]
        return min(known) if known else None

    def has_own_pool(self, ceiling_micros: int | None) -> bool:
        """Whether the admins' pool applies and can be raised: it is below the operator's; None: no ceiling."""
        return self.pool_micros is not None and (ceiling_micros is None or self.pool_micros < ceiling_micros)
