"""What people see, wired: the client, its commands, and what keeps messages up to date."""

import asyncio
import logging
from dataclasses import replace

import discord

from bot.client import ImagineClient
from bot.config import Config
from bot.domain.money import to_cny
from bot.errors import StorageUnavailable
from bot.ports import Clock
from bot.presentation.jobs.old_cards import OldCards
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.kit.command_names import OF_REWRITING
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.kit.posting import language_of_server
from bot.presentation.kit.texts import Texts
from bot.presentation.log.channels import LogChannels
from bot.presentation.log.feed import Feed
from bot.presentation.notices.damage_alarm import DamageAlarm
from bot.presentation.notices.gallery_notices import GalleryNotices
from bot.presentation.notices.gift_notices import GiftNotices
from bot.presentation.notices.greeting import Greeter
from bot.presentation.notices.messenger import Messenger
from bot.presentation.notices.mod_notices import ModerationNotices
from bot.presentation.notices.operator_notices import OperatorNotices
from bot.presentation.notices.owner_notices import OwnerNotices
from bot.presentation.notices.server_notices import ServerNotices
from bot.presentation.privacy.message_deletion import MessageDeletion
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.reply_recovery import ReplyRecovery
from bot.presentation.servers.presence import Presence
from bot.registration import CommandRegistration
from bot.storage.stores import Stores
from bot.wiring.commands import Commands, Speakers
from bot.wiring.core import Core
from cogs.base import Kit, PlainCog
from cogs.help import Operator

log = logging.getLogger(__name__)


class DiscordSide:
    """Everything of one running bot that speaks to Discord.

    Attributes:
        client: of discord.py; not connected yet.
        registration: of the commands; to be attempted once before the client connects.
        texts: in all languages.
        presenter: keeps messages up to date.
        messenger: sends what is to be told without being asked.
        intake: takes requests.
    """

    def __init__(
        self,
        config: Config,
        core: Core,
        clock: Clock,
        *,
        mark: int,
        discord_time: DiscordTime,
        http_trace: object,
    ) -> None:
        self._core = core
        self._clock = clock
        self._mark = mark
        self._discord_time = discord_time
        self._operator = Operator(config.about.operator, config.about.contact, core.policy.keep_pictures_days)
        self.texts = Texts.load()
        submitter = core.submitter
        self.client = ImagineClient(
            texts=self.texts,
            clock=clock,
            make_cogs=self._make_cogs,
            admits=submitter.admits,
            know_owners=lambda owners: submitter.set_access(replace(config.access(), owners=owners)),
            speaks=lambda server: language_of_server(core.stores.servers, server),
            greet=lambda server: self._greeter.greet(server),  # noqa: PLW0108 - the greeter is made below
            look=lambda server: self._look(server),  # noqa: PLW0108 - what it needs is made below
            is_back=self._look_again,
            came_or_went=lambda: self._presence.look_again(),  # noqa: PLW0108 - it is made below
            say_ready=self._say_ready,
            gateway_url=config.discord.gateway_url,
            proxy=config.proxies().to(config.discord.api_url),
            http_trace=http_trace,
        )
        self._make_cards()
        self._make_speakers(config)
        self._make_upkeep()

    def _make_cards(self) -> None:
        """Make what answers a request, and keeps its message up to date."""
        core, stores, client, texts, clock = self._parts()
        self.presenter = Presenter(
            client=client,
            jobs=stores.jobs,
            pictures=stores.pictures,
            estimates=core.estimates,
            quotas=core.quotas,
            servers=stores.servers,
            deliveries=core.deliveries,
            changes=core.changes,
            texts=texts,
            catalogue=core.policy.catalogue,
            discord_time=self._discord_time,
            clock=clock,
            alarm=core.alarm,
            mark=self._mark,
            meter=core.meter,
        )
        self._old_cards = OldCards(
            client=client,
            jobs=stores.jobs,
            changes=core.changes,
            texts=texts,
            clock=clock,
            alarm=core.alarm,
            mark=self._mark,
        )
        self.intake = Intake(
            submitter=core.submitter,
            alternatives=core.alternatives,
            presenter=self.presenter,
            texts=texts,
            clock=clock,
            meter=core.meter,
        )
        self._reply_recovery = ReplyRecovery(
            client=client,
            jobs=stores.jobs,
            submitter=core.submitter,
            presenter=self.presenter,
            is_answering=self.intake.is_answering,
            clock=clock,
            alarm=core.alarm,
        )

    def _make_speakers(self, config: Config) -> None:
        """Make what tells servers, their moderators, members and the operator something without being asked."""
        core, stores, client, texts, clock = self._parts()
        self._log_channels = LogChannels(client=client, servers=stores.servers, feeds=stores.feeds)
        to_operator = OperatorNotices(client=client, texts=texts, clock=clock, channel=config.discord.operator_channel)
        self.registration = CommandRegistration(
            client=client,
            texts=texts,
            policy=config.discord.sync_commands,
            without=frozenset() if core.rewriter.is_on else OF_REWRITING,
            to_operator=to_operator,
            clock=clock,
        )
        self._damage_alarm = DamageAlarm(damage=stores.damage, to_operator=to_operator, clock=clock)
        self.messenger = Messenger(
            client=client,
            outbox=stores.outbox,
            jobs=stores.jobs,
            changes=core.changes,
            texts=texts,
            discord_time=self._discord_time,
            clock=clock,
            alarm=core.alarm,
            to_operator=to_operator,
            to_servers=ServerNotices(
                client=client, servers=stores.servers, policy=core.policy, texts=texts, clock=clock
            ),
            to_moderators=ModerationNotices(
                client=client,
                servers=stores.servers,
                log_channels=self._log_channels,
                cases=stores.cases,
                complaints=stores.complaints,
                jobs=stores.jobs,
                references=stores.references,
                preferences=stores.preferences,
                texts=texts,
                clock=clock,
            ),
            to_owners=OwnerNotices(
                client=client,
                servers=stores.servers,
                edited_pictures=stores.edited_pictures,
                jobs=stores.jobs,
                preferences=stores.preferences,
                texts=texts,
                clock=clock,
            ),
            to_galleries=GalleryNotices(
                client=client,
                stars=stores.stars,
                jobs=stores.jobs,
                servers=stores.servers,
                preferences=stores.preferences,
                pictures=stores.pictures,
                texts=texts,
                clock=clock,
            ),
            to_gifted=GiftNotices(
                client=client,
                servers=stores.servers,
                jobs=stores.jobs,
                preferences=stores.preferences,
                texts=texts,
                clock=clock,
            ),
        )
        self._feed = Feed(
            client=client,
            feeds=stores.feeds,
            outbox=stores.outbox,
            jobs=stores.jobs,
            servers=stores.servers,
            log_channels=self._log_channels,
            pictures=stores.pictures,
            changes=core.changes,
            texts=texts,
            clock=clock,
            alarm=core.alarm,
        )
        self._greeter = Greeter(servers=stores.servers, messenger=self.messenger)

    def _make_upkeep(self) -> None:
        """Make what sees to it that Discord and the database agree: who was forgotten, and where the bot is."""
        core, stores, client, _, clock = self._parts()
        self._message_deletion = MessageDeletion(
            client=client, privacy=stores.privacy, discord_time=self._discord_time, clock=clock, alarm=core.alarm
        )
        self._presence = Presence(client=client, departures=core.departures, clock=clock, alarm=core.alarm)

    async def _look(self, server: discord.Guild) -> None:
        await self._log_channels.look(server)
        self.messenger.wake()

    def _look_again(self) -> None:
        """Have everything tried that waits for Discord; feeds follow the messenger, which hastens their rows too."""
        for speaker in (
            self.presenter,
            self._old_cards,
            self.messenger,
            self._message_deletion,
            self._reply_recovery,
            self._presence,
        ):
            speaker.look_again()

    async def ask_for_servers(self) -> None:
        """Ask for the servers that jobs wait for, before anything is drawn: see ``Presence.ask_before_start``."""
        await self._presence.ask_before_start()

    async def _say_ready(self) -> None:
        """Log in one line that the bot serves, and how."""
        policy = self._core.policy
        try:
            figures = await self._core.figures.read()
        except StorageUnavailable:
            log.warning("ready, but the database can't be read")
            return
        lanes = (f"{name} {figures.stop_of(name) or 'open'}" for name in policy.catalogue)
        left = figures.left_micros
        log.info(
            "ready: servers: %s, shards: %s; lanes: %s; %s",
            len(self.client.guilds),
            self.client.shard_count,
            ", ".join(lanes),
            "no cap" if left is None else f"{to_cny(left):.2f} CNY left of the month's cap",
        )

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to speak; return the tasks, none of which ends by itself."""
        return [
            asyncio.create_task(self.presenter.run(), name="presenter"),
            asyncio.create_task(self._old_cards.run(), name="old-cards"),
            asyncio.create_task(self.messenger.run(), name="messenger"),
            asyncio.create_task(self._message_deletion.run(), name="message-deletion"),
            asyncio.create_task(self._feed.run(), name="feed"),
            asyncio.create_task(self._reply_recovery.run(), name="reply-recovery"),
            asyncio.create_task(self._presence.run(), name="presence"),
            asyncio.create_task(self._damage_alarm.run(), name="damage-alarm"),
            asyncio.create_task(self.registration.run(), name="registration"),
        ]

    def _make_cogs(self, client: ImagineClient) -> tuple[PlainCog, ...]:
        kit = Kit(client=client, servers=self._core.stores.servers, texts=self.texts, clock=self._clock)
        speakers = Speakers(self.intake, self.presenter, self.messenger, self._message_deletion)
        return Commands(kit, self._core, speakers, self._operator).make()

    def _parts(self) -> tuple[Core, Stores, ImagineClient, Texts, Clock]:
        return self._core, self._core.stores, self.client, self.texts, self._clock
