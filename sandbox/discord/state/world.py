"""Everything the stand-in knows: people, servers, messages, commands and interactions."""

import asyncio
from collections.abc import Callable

from bot.ports import Clock
from sandbox.discord.rules.errors import Json, refusal
from sandbox.discord.state.cdn import Cdn
from sandbox.discord.state.commands import CommandRegistry
from sandbox.discord.state.guilds import DEFAULT_FILE_LIMIT_BYTES, DM, Channel, Guild, User
from sandbox.discord.state.interactions import Interaction
from sandbox.discord.state.messages import Attachment, Message
from sandbox.discord.state.permissions import in_channel
from sandbox.discord.state.snowflakes import Snowflakes

_BOT_NAME = "imagine-bot"


class World:
    """The state behind the REST API and the gateway.

    Attributes:
        announcer: called with a gateway event's name and its subject; set by the gateway.
    """

    def __init__(self, clock: Clock, *, token: str, application_owner: str) -> None:
        self.clock = clock
        self.token = token
        self.cdn = Cdn(clock)
        self.announcer: Callable[[str, object], None] = lambda _event, _subject: None
        self._ids = Snowflakes(clock)
        self._changed = asyncio.Event()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.direct: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.application_id = self.new_id()
        # Bot user and application share their id, as all applications since 2016 do.
        self._bot = User(self.application_id, _BOT_NAME, bot=True)
        self.users[self._bot.id] = self._bot
        self.owner = self.user(application_owner)
        self.commands = CommandRegistry(self.application_id, self.new_id, clock)

    @property
    def bot(self) -> User:
        return self._bot

    def new_id(self) -> int:
        return self._ids.next()

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def announce(self, event: str, subject: object) -> None:
        """Tell the gateway, and whoever waits, that something has happened."""
        self.announcer(event, subject)
        self.notify()

    def notify(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, predicate: Callable[[], object]) -> None:
        """Return once ``predicate`` holds; it is asked again at each change of the world."""
        while not predicate():
            await self._changed.wait()

    def user(self, name: str, locale: str | None = None) -> User:
        """The account of that name, made when it is new."""
        found = next((user for user in self.users.values() if user.name == name), None)
        if found is None:
            found = User(self.new_id(), name)
            self.users[found.id] = found
        if locale is not None:
            found.locale = locale
        return found

    def add_guild(self, name: str, owner: User, locale: str, *, has_system_channel: bool = False) -> Guild:
        guild = Guild(self, name, owner, locale)
        guild.system_channel = guild.channel("general") if has_system_channel else None
        self.guilds[guild.id] = guild
        self.announce("GUILD_CREATE", (guild, False))
        return guild

    def guild_with_bot(self, guild_id: int) -> Guild:
        guild = self.guilds.get(guild_id)
        if guild is None or not guild.bot_inside:
            raise refusal(10004)
        return guild

    def channel(self, channel_id: int) -> Channel:
        """A channel of any kind that still exists; else 404 10003."""
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        for channel in self.direct.values():
            if channel.id == channel_id:
                return channel
        raise refusal(10003)

    def exists(self, channel: Channel) -> bool:
        return channel.guild is None or channel.id in channel.guild.channels

    def direct_channel(self, user: User) -> Channel:
        """The direct messages between ``user`` and the bot."""
        if user.id not in self.direct:
            self.direct[user.id] = Channel(self.new_id(), user.name, DM, recipient=user)
        return self.direct[user.id]

    def shares_guild(self, user: User) -> bool:
        """Whether the bot is in a server with ``user``, without which it can't write to them."""
        return any(guild.bot_inside and user.id in guild.members for guild in self.guilds.values())

    def file_limit(self, channel: Channel) -> int:
        return channel.guild.attachment_size_limit if channel.guild else DEFAULT_FILE_LIMIT_BYTES

    def post(self, message: Message) -> None:
        message.channel.messages[message.id] = message
        self.announce("MESSAGE_CREATE", message)

    def delete(self, message: Message) -> None:
        message.deleted = True
        self.announce("MESSAGE_DELETE", message)

    def message(self, channel: Channel, message_id: int) -> Message:
        """A message that the bot's own token may reach: present and not ephemeral; else 404 10008."""
        found = channel.messages.get(message_id)
        if found is None or found.deleted or found.viewer is not None:
            raise refusal(10008)
        return found

    def attachment(self, channel_id: int, attachment_id: int) -> Attachment | None:
        """A file that a message still has. That links die with the message at once is a guess."""
        channel = self.channel(channel_id)
        for message in channel.messages.values():
            for file in [] if message.deleted else message.attachments:
                if file.id == attachment_id:
                    return file
        return None

    def application(self) -> Json:
        """The application as /oauth2/applications/@me shows it."""
        return {
            "id": str(self.application_id),
            "name": _BOT_NAME,
            "description": "",
            "icon": None,
            "summary": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "hook": True,
            "team": None,
            "approximate_guild_count": sum(guild.bot_inside for guild in self.guilds.values()),
            "interactions_endpoint_url": None,
            "redirect_uris": [],
            "type": None,
            "flags_new": "0",
            "role_connections_verification_url": None,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
        }


def bot_permissions(world: World, channel: Channel) -> int:
    """The bot's permissions in a channel; in direct messages it may do all."""
    if channel.guild is None:
        return -1
    bot = channel.guild.members.get(world.bot.id)
    return in_channel(bot, channel) if bot else 0
