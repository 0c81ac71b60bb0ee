"""Messages beside the jobs' own replies."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.jobs.notice import Notice, Turn
from bot.domain.log.feed import Entry, RefusalTally
from bot.domain.servers.settings import Exposure


class Operator(Protocol):
    """Whoever runs the program."""

    async def tell(self, kind: str, content: Mapping[str, str | int]) -> None:
        """Have the operator told, in the words that ``kind`` names, filled with ``content``."""
        ...


class Outbox(Protocol):
    """The messages beside the jobs' own replies, those of the feeds left out."""

    async def waiting(self) -> list[Notice]:
        """Return up to twenty messages that may be sent now, oldest first; damaged ones are passed over."""
        ...

    async def next_ms(self) -> int | None:
        """Return when the next of all that wait may be sent, 0: at once; None if none waits."""
        ...

    async def done(self, notice_id: int, outcome: str) -> None:
        """Note that a message was sent, or why it never will be."""
        ...

    async def again(self, notice_id: int, delay_s: float, attempts: int) -> None:
        """Have a message tried again after ``delay_s`` seconds, also one that is done; ``attempts`` count by now."""
        ...

    async def forget(self, before_ms: int, most: int) -> int:
        """Forget up to ``most`` of the messages that were done before ``before_ms``; return how many."""
        ...

    async def hasten(self) -> None:
        """Have everything that waits tried now, that of the feeds too: Discord is back."""
        ...


class EditedPictures(Protocol):
    """When members are told that others had their pictures edited."""

    async def turn(self, notice: Notice) -> Turn:
        """Return whether an owner is told of one edit now, later, or with others, which then wait in one message."""
        ...


class Feeds(Protocol):
    """The feeds of the servers' log channels."""

    async def servers(self) -> list[int]:
        """Return the servers whose feed has something that may be told now, in no order."""
        ...

    async def due(self, server_id: int) -> Notice | None:
        """Return the oldest thing that one server's feed may tell now; None if there is none that can be read."""
        ...

    async def next_ms(self) -> int | None:
        """Return when the first thing may be told that must wait now; None if nothing must."""
        ...

    async def entry(self, job_id: int) -> Entry | None:
        """Return where a feed has a job; None if none has it."""
        ...

    async def note(self, job_id: int, entry: Entry) -> None:
        """Note where a feed has a job: its log channel can be written to."""
        ...

    async def close(self, server_id: int, channel_id: int) -> None:
        """Have the server's owner told that its log channel can't be written to; once until it can be again."""
        ...

    async def expose(self, server_id: int, channel_id: int, exposure: Exposure) -> None:
        """Have the server's owner told that others read its log channel than agreed; once until it is posted in."""
        ...

    async def tally(self, tally_id: int) -> RefusalTally | None:
        """Return what is to be told of one member's refused prompts; None if there is no such tally."""
        ...

    async def note_tally(self, told: RefusalTally, entry: Entry, notice_id: int) -> None:
        """Note that the message ``notice_id`` told a tally, and where; what came meanwhile is told by another."""
        ...

    async def drop_prompt(self, told: RefusalTally) -> None:
        """Keep the prompt of a tally no longer: there is nowhere to tell it."""
        ...
