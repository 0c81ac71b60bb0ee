"""A stand-in for Discord: REST API v10, gateway and CDN on loopback, and people to use the bot."""

from sandbox.discord.http.requests import RecordedRequest
from sandbox.discord.people.actors import DIRECT, Actor
from sandbox.discord.people.seen import SeenButton, SeenFile, SeenMessage, SeenPicture
from sandbox.discord.people.used import Choice, Deferred, ShownModal, Used
from sandbox.discord.rules.errors import ApiError, ClientRefused, InteractionFailed
from sandbox.discord.standin import DiscordStandIn
from sandbox.discord.state.guilds import Channel, Guild, Member, Role, User
from sandbox.discord.state.messages import MemberFile
from sandbox.discord.state.permissions import Permission

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
    "MemberFile",
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
