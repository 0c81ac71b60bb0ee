"""A stand-in for Discord: REST API v10, gateway and CDN on loopback, and people to use the bot."""

from sandbox.discord.actors import DIRECT, Actor
from sandbox.discord.errors import ApiError, ClientRefused, InteractionFailed
from sandbox.discord.guilds import Channel, Guild, Member, Role, User
from sandbox.discord.permissions import Permission
from sandbox.discord.requests import RecordedRequest
from sandbox.discord.seen import SeenButton, SeenFile, SeenMessage, SeenPicture
from sandbox.discord.standin import DiscordStandIn
from sandbox.discord.used import Choice, Deferred, ShownModal, Used

__all__ = [
    "DIRECT",
    "Actor",
    "ApiError",
    "Channel",
    "Choice",
    "ClientRefused",
    "Deferred",
    "DiscordStandIn",
    "Guild",
    "InteractionFailed",
    "Member",
    "Permission",
    "RecordedRequest",
    "Role",
    "SeenButton",
    "SeenFile",
    "SeenMessage",
    "SeenPicture",
    "ShownModal",
    "Used",
    "User",
]
