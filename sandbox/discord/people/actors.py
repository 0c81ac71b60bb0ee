"""People at their clients: what they can do, and what they see."""

import copy
from collections.abc import Sequence
from typing import Any

from sandbox.discord.http.sending import InteractionSender
from sandbox.discord.people.seen import SeenMessage, see
from sandbox.discord.people.used import Choice, Used
from sandbox.discord.rules import components as rules
from sandbox.discord.rules.command_rules import CHAT_INPUT, ON_MESSAGE
from sandbox.discord.rules.errors import ClientRefused, InteractionFailed, Json
from sandbox.discord.rules.modals import submission
from sandbox.discord.state import payloads
from sandbox.discord.state.guilds import Channel, Guild, Member, User
from sandbox.discord.state.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
)
from sandbox.discord.state.messages import MemberFile, Message, uploaded
from sandbox.discord.state.options import Filled, choose, fill
from sandbox.discord.state.permissions import Permission, in_channel, in_guild
from sandbox.discord.state.world import World

DIRECT = "@dm"
"""Stands for the direct messages with the bot wherever a channel is named."""


class Actor:
    """One person in one server, or (without ``guild``) in direct messages only."""

    def __init__(self, world: World, sender: InteractionSender, user: User, guild: Guild | None) -> None:
        self._world = world
        self._sender = sender
        self.user = user
        self.guild = guild

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def mention(self) -> str:
        return f"<@{self.user.id}>"

    async def invoke(
        self,
        command: str,
        options: dict[str, Any] | None = None,
        *,
        channel: "str | int | Channel" = "general",
        force: bool = False,
    ) -> Used:
        """Use a slash command.

        Args:
            command: its name, with subcommands after spaces (``quota set-default``).
            options: values by option name; users, roles and channels as objects, names or ids.
            channel: where; `DIRECT` for the direct messages with the bot.
            force: send values out of bounds or outside the choices, as a modified client can.

        Raises:
            ClientRefused: the client would not send this.
        """
        place = self._place(channel)
        data = self._data(command, options or {}, place, force=force)
        return Used(self._sender.send(COMMAND, self.user, self._member(place), place, data), self._world)

    async def use_on(self, message: SeenMessage, command: str) -> Used:
        """Use a command of a message's *Apps* menu, as it was named in English.

        That the menu is there on a message that one person alone sees is a guess.

        Raises:
            ClientRefused: the client would not send this.
        """
        place, found = self._find(message)
        registered = self._registered(command, place, ON_MESSAGE)
        data = {"id": registered["id"], "name": registered["name"], "type": ON_MESSAGE, "target_id": str(found.id)}
        data["resolved"] = {"messages": {str(found.id): payloads.message(found, self._world.cdn)}}
        return Used(self._sender.send(COMMAND, self.user, self._member(place), place, data), self._world)

    async def autocomplete(
        self,
        command: str,
        options: dict[str, Any],
        *,
        focused: str,
        channel: "str | int | Channel" = "general",
    ) -> list[Choice]:
        """Type into ``focused`` and return what is suggested.

        Raises:
            ClientRefused: the option has no autocomplete.
            InteractionFailed: the bot did not answer.
        """
        place = self._place(channel)
        data = self._data(command, {focused: "", **options}, place, focused=focused)
        used = Used(self._sender.send(AUTOCOMPLETE, self.user, self._member(place), place, data), self._world)
        await used.acknowledged.wait()
        if used.interaction.failed:
            raise InteractionFailed("Loading options failed")
        return [self._shown(choice) for choice in used.interaction.choices]

    async def press(
        self, message: SeenMessage, key: str, *, values: Sequence[Any] | None = None, force: bool = False
    ) -> Used:
        """Press a button (by custom_id or label), or choose ``values`` in a select (by custom_id).

        Args:
            message: a message as read before; the component is looked up in its present state.
            key: which component.
            values: for a select: its options' values, or the names, ids or objects of users, roles and channels.
            force: use the message as it was read, disabled or gone or not, as a client that lags behind can.

        Raises:
            ClientRefused: no such component, it is disabled, or it doesn't offer these values.
        """
        place, found = self._find(message)
        components = message.components if force else found.components
        component = next((one for one in rules.walk(components) if _answers_to(one, key)), None)
        if component is None:
            raise ClientRefused(f"the message has no component {key!r}")
        if component.get("disabled") and not force:
            raise ClientRefused(f"{key!r} is disabled")
        data: Json = {
            "custom_id": component["custom_id"],
            "component_type": component["type"],
            "id": component["id"],
        }
        if component["type"] != rules.BUTTON:
            filled = Filled(self._world, place.guild, self._member(place), place, self.user.locale, force)
            data |= choose(filled, component, values or ())
        return Used(self._sender.send(COMPONENT, self.user, self._member(place), place, data, found), self._world)

    async def submit_modal(self, shown: Used, values: dict[str, Any]) -> Used:
        """Fill in and send the modal that answered ``shown``; fields by custom_id.

        Raises:
            ClientRefused: there is no modal, or the client would not let it pass.
        """
        await shown.response()
        interaction = shown.interaction
        if interaction.modal is None:
            raise ClientRefused("no modal is open")
        data = submission(interaction.modal, values)
        place, source = interaction.channel, interaction.source
        sent = self._sender.send(MODAL_SUBMIT, self.user, self._member(place), place, data, source, trigger=interaction)
        return Used(sent, self._world)

    def read(self, channel: "str | int | Channel" = "general") -> list[SeenMessage]:
        """The channel as this person sees it, oldest first; ephemeral messages only if they are theirs."""
        place = self._place(channel)
        return [see(one, self._world.cdn) for one in place.messages.values() if one.visible_to(self.user)]

    def direct_messages(self) -> list[SeenMessage]:
        return self.read(DIRECT)

    def say(
        self, text: str, *files: MemberFile, channel: "str | int | Channel" = "general", by_webhook: bool = False
    ) -> SeenMessage:
        """Post a plain message, with files; or have a webhook of theirs post it, under its own account."""
        world, place = self._world, self._place(channel)
        author = User(world.new_id(), f"{self.user.name}'s webhook", bot=True) if by_webhook else self.user
        message = Message(world.new_id(), place, author, world.now_ms(), content=text)
        message.attachments = [uploaded(file, world.new_id()) for file in files]
        message.webhook_id = author.id if by_webhook else None
        self._world.post(message)
        return see(message, self._world.cdn)

    def delete(self, message: SeenMessage) -> None:
        """Delete a message, as its author or with MANAGE_MESSAGES; or dismiss an ephemeral one."""
        place, found = self._find(message)
        member = self._member(place)
        may = member is None or in_channel(member, place) & Permission.MANAGE_MESSAGES
        if found.author is not self.user and found.viewer is not self.user and not may:
            raise ClientRefused("this needs MANAGE_MESSAGES")
        self._world.delete(found)

    def _place(self, channel: "str | int | Channel") -> Channel:
        if channel == DIRECT:
            return self._world.direct_channel(self.user)
        if isinstance(channel, Channel) and channel.guild is None:
            if channel.recipient is not self.user:
                raise ClientRefused("these are somebody else's direct messages")
            return channel
        if self.guild is None:
            raise ClientRefused("no server is open")
        try:
            place = self.guild.channel(channel)
        except KeyError:
            raise ClientRefused(f"there is no channel {channel!r}") from None
        member = self._member(place)
        if member is None or not in_channel(member, place) & Permission.VIEW_CHANNEL:
            raise ClientRefused(f"{self.user.name} does not see {place.name}")
        return place

    def _member(self, place: Channel) -> Member | None:
        return place.guild.members.get(self.user.id) if place.guild else None

    def _find(self, message: SeenMessage) -> tuple[Channel, Message]:
        place = self._world.channel(message.channel_id)
        found = place.messages.get(message.id)
        if found is None or not found.visible_to(self.user):
            raise ClientRefused("the message is gone")
        return place, found

    def _data(
        self,
        command: str,
        options: dict[str, Any],
        place: Channel,
        *,
        force: bool = False,
        focused: str | None = None,
    ) -> Json:
        name, *path = command.split()
        registered = self._registered(name, place, CHAT_INPUT)
        filled = Filled(self._world, place.guild, self._member(place), place, self.user.locale, force)
        return fill(filled, registered, path, options, focused)

    def _registered(self, name: str, place: Channel, kind: int) -> Json:
        guild = place.guild
        registered = self._world.commands.visible(name, guild.id if guild else None, kind)
        if registered is None or (guild is not None and not guild.bot_inside):
            raise ClientRefused(f"there is no command /{name} here")
        self._require_permitted(registered, place)
        return registered

    def _require_permitted(self, command: Json, place: Channel) -> None:
        """What decides whether a client lists the command here (application-commands.mdx "Permissions")."""
        contexts = command.get("contexts")
        if contexts is not None and (0 if place.guild else 1) not in contexts:
            raise ClientRefused(f"/{command['name']} is not offered here")
        member = self._member(place)
        if place.guild is None or member is None:
            return
        if command["nsfw"] and not place.nsfw:
            raise ClientRefused(f"/{command['name']} needs an age-restricted channel")
        permissions = in_channel(member, place)
        if not permissions & Permission.USE_APPLICATION_COMMANDS:
            raise ClientRefused("this needs USE_APPLICATION_COMMANDS")
        if in_guild(member) & Permission.ADMINISTRATOR:
            return
        grants = place.guild.command_grants.get(command["name"])
        if grants is not None:
            allowed = bool(grants & {member.user.id, place.guild.id, *(role.id for role in member.roles)})
        else:
            required = command["default_member_permissions"]
            # "0" hides it from everybody but administrators.
            allowed = required is None or (int(required) > 0 and permissions & int(required) == int(required))
        if not allowed:
            raise ClientRefused(f"{self.user.name} is not permitted to use /{command['name']}")

    def _shown(self, choice: Json) -> Choice:
        name = (choice.get("name_localizations") or {}).get(self.user.locale, choice["name"])
        return Choice(name, copy.copy(choice["value"]))


def _answers_to(component: Json, key: str) -> bool:
    return "custom_id" in component and key in (component["custom_id"], component.get("label"))
