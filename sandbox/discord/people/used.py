"""An interaction from the point of view of the member who started it."""

from dataclasses import dataclass
from typing import Any

from sandbox.discord.people.seen import SeenMessage, see
from sandbox.discord.rules.errors import InteractionFailed, Json
from sandbox.discord.state.interactions import DEFER, DEFER_UPDATE, MODAL, Interaction
from sandbox.discord.state.world import World


@dataclass(frozen=True)
class Deferred:
    """The bot asked for time: "thinking", or for a button nothing at all (``silent``)."""

    ephemeral: bool
    silent: bool


@dataclass(frozen=True)
class ShownModal:
    title: str
    custom_id: str
    data: Json


@dataclass(frozen=True)
class Choice:
    """An autocomplete suggestion, its name in the member's language."""

    name: str
    value: Any


class Used:
    """An interaction from the point of view of the member who started it.

    Attributes:
        acknowledged: an asyncio.Event, set when the bot has answered or the three seconds are over.
    """

    def __init__(self, interaction: Interaction, world: World) -> None:
        self.interaction = interaction
        self.acknowledged = interaction.settled
        self._world = world

    @property
    def interaction_id(self) -> int:
        return self.interaction.id

    @property
    def token(self) -> str:
        return self.interaction.token

    @property
    def message(self) -> SeenMessage | None:
        """The reply (or the message whose component was used) as it is now; None if there is none any more."""
        original = self.interaction.original
        return None if original is None or original.deleted else see(original, self._world.cdn)

    @property
    def followups(self) -> list[SeenMessage]:
        return [see(message, self._world.cdn) for message in self.interaction.sent if not message.deleted]

    async def response(self) -> "SeenMessage | Deferred | ShownModal":
        """What the first answer was.

        Raises:
            InteractionFailed: "The application did not respond".
        """
        await self.acknowledged.wait()
        interaction = self.interaction
        if interaction.failed:
            raise InteractionFailed("The application did not respond")
        if interaction.answer in (DEFER, DEFER_UPDATE):
            original = interaction.original
            silent = interaction.answer == DEFER_UPDATE
            return Deferred(ephemeral=original is not None and original.ephemeral, silent=silent)
        if interaction.answer == MODAL and interaction.modal is not None:
            modal = interaction.modal
            return ShownModal(modal["title"], modal["custom_id"], modal)
        if interaction.original is None:
            raise InteractionFailed("The reply is gone")
        return see(interaction.original, self._world.cdn)

    async def reply(self) -> SeenMessage:
        """The reply once it no longer says "thinking"; if it was taken back, the follow-up that came instead.

        Raises:
            InteractionFailed: if there was no reply, or it is gone.
        """
        await self.response()
        original = self.interaction.original
        if original is None:
            raise InteractionFailed("The answer was no message")
        await self._world.until(lambda: not original.loading or (original.deleted and self.followups))
        if not original.deleted:
            return see(original, self._world.cdn)
        if not original.loading:
            raise InteractionFailed("The reply is gone")
        return self.followups[0]
