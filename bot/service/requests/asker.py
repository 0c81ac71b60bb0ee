"""Who asks for pictures, and what a server's settings say of where and for whom."""

from dataclasses import dataclass

from bot.domain.jobs.job import ReplyAddress
from bot.domain.servers.settings import Posting, Settings
from bot.errors import NotPermitted, Unavailable


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where.

    Attributes:
        interaction_id: Discord's; becomes the job's id.
        reply: where the answer goes.
        role_ids: the member's roles.
        place_ids: the channel, a thread's parent, and the category.
        is_age_restricted: the channel is; None where that isn't known yet.
    """

    interaction_id: int
    server_id: int
    server_owner_id: int
    member_id: int
    reply: ReplyAddress
    role_ids: frozenset[int] = frozenset()
    place_ids: frozenset[int] = frozenset()
    is_age_restricted: bool | None = False


def check_channel(settings: Settings, asker: Asker) -> None:
    """Refuse a channel in which the server wants no pictures to be asked for."""
    if settings.channels and not settings.channels & asker.place_ids:
        ids = " ".join(str(one) for one in sorted(settings.channels))
        raise NotPermitted("channel-not-allowed", channel_ids=ids)
    if settings.age_restricted_only and not asker.is_age_restricted:
        if asker.is_age_restricted is None:
            raise Unavailable("server-not-known")
        raise NotPermitted("age-restricted-only")


def check_posting(private: bool | None, posting: Posting) -> None:
    """Refuse a wish for who sees the pictures that the server doesn't allow; None: no wish."""
    if posting is Posting.PUBLIC and private:
        raise NotPermitted("private-not-allowed")
    if posting is Posting.PRIVATE and private is False:
        raise NotPermitted("public-not-allowed")
