"""The feed that a server's log channel shows."""

from dataclasses import dataclass

PROMPT_TOLD = 600
"""Characters of a refused prompt that a feed tells."""

PROMPT_WAITS_MS = 24 * 3600 * 1000
"""For so long such a prompt is kept at most until it is told: the log channel may be closed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a feed has a job."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class RefusalTally:
    """One member's prompts that broke a server's rules within a while, as one entry.

    Attributes:
        member_id: the Discord id of whose; 0: somebody who was forgotten.
        since_ms: when the first was refused.
        last_ms: when the last was.
        count: how many.
        reason: the last one's message key.
        until_ms: when the member may ask again; 0: they need not wait.
        entry: where the feed has it; None: nowhere yet.
        prompt: the last one, until it was told; empty: it was, or its member was forgotten.
        rule_id: of the rule that it broke; 0: not known.
        rule: that rule's text; empty: the server has it no more.
    """

    id: int
    member_id: int
    since_ms: int
    last_ms: int
    count: int
    reason: str
    until_ms: int
    entry: Entry | None
    prompt: str = ""
    rule_id: int = 0
    rule: str = ""
