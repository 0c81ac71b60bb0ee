"""Interactions: their token, their three seconds, and what the bot answered.

Times: interactions/receiving-and-responding.mdx. The first answer must come within three seconds; the token then
lives for fifteen minutes from the start.
"""

import asyncio
from dataclasses import dataclass, field

from sandbox.discord.rules.errors import Json, refusal
from sandbox.discord.state.guilds import Channel, Member, User
from sandbox.discord.state.messages import Message

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
"""Interaction types."""

REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Callback types."""

CALLBACK_WITHIN_S = 3.0
TOKEN_LIVES_S = 15 * 60.0


@dataclass(eq=False)
class Interaction:
    """One interaction.

    Attributes:
        source: the message whose component was used, if any.
        trigger: the interaction that opened the modal of which this is the submission.
        born_s: when it was sent, by the clock's `monotonic`.
        answer: the callback type that the bot chose; None so far.
        original: what ``@original`` means: the reply, or the source message for types 6 and 7.
        modal: the data of the modal that answered it.
        choices: what autocomplete offered.
        settled: set once it is answered or has failed.
        failed: the three seconds went by.
    """

    id: int
    token: str
    type: int
    user: User
    member: Member | None
    channel: Channel
    data: Json
    payload: Json
    born_s: float
    source: Message | None = None
    trigger: "Interaction | None" = None
    answer: int | None = None
    original: Message | None = None
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list[Json])
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    failed: bool = False
    sent: list[Message] = field(default_factory=list[Message])

    def require_open(self, now_s: float) -> None:
        """Raise unless a callback may still be sent."""
        if self.answer is not None:
            raise refusal(40060)
        if self.failed or now_s - self.born_s > CALLBACK_WITHIN_S:
            raise refusal(10062)

    def require_token(self, now_s: float) -> None:
        """Raise unless the token serves for edits and follow-ups."""
        if now_s - self.born_s > TOKEN_LIVES_S:
            raise refusal(50027)
        if self.answer is None or self.failed:
            raise refusal(10015)

    def message(self, message_id: str) -> Message:
        """A message that the token reaches; else 404 10008."""
        if message_id == "@original":
            found = self.original
        else:
            reach = [*self.sent, *([self.original] if self.original else [])]
            found = next((message for message in reach if str(message.id) == message_id), None)
        if found is None or found.deleted:
            raise refusal(10008)
        return found
