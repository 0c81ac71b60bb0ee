"""The feed that a server's log channel shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a feed has a job."""

    channel_id: int
    message_id: int
