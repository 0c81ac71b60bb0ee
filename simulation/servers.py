"""The servers of a simulated world, and who is who in them."""

from dataclasses import dataclass

from sandbox.discord import DiscordStandIn, Guild, Permission

PLACES = ("general", "general", "general", "atelier")
"""Where people ask, in each server; the last is a thread."""

SYNCHRONOUS = "qwen-image-2.0"
"""The model that stands for all that answer with their pictures; the operator has to name it."""

BILLS_INPUTS = "qwen-image-3.0"
"""The model that stands for those that bill the pictures that come in; likewise."""

FUNCTIONAL = "wanx2.1-imageedit"
"""The model that changes pictures by functions; likewise."""

SERIES = "wan2.7-image"
"""The model that draws a series, and that takes rectangles within which something is to change."""

LOG = "log"
"""The channel that moderators and admins alone see."""

READS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
)


@dataclass(frozen=True)
class Cast:
    """A server's people. Whoever is in both servers is named in both.

    Attributes:
        name: the server's, which stands in each prompt that is asked for in it.
        members: who ask for pictures.
        moderators: by a role that Discord lets moderate.
        admins: by a role that Discord lets manage the server.
        helpers: by a role that sees the log channel, and moderates as long as the server's settings name it.
    """

    name: str
    members: tuple[str, ...]
    moderators: tuple[str, ...]
    admins: tuple[str, ...]
    helpers: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        return (*self.members, *self.moderators, *self.admins, *self.helpers)


STUDIO = Cast(
    "Studio", members=("bob", "mei", "ana", "kim"), moderators=("mod", "min"), admins=("ada",), helpers=("hal",)
)
HARBOUR = Cast("Harbour", members=("kim", "tom"), moderators=("lan",), admins=("eve",))
CASTS = {cast.name: cast for cast in (STUDIO, HARBOUR)}


def open_servers(discord: DiscordStandIn) -> tuple[Guild, ...]:
    """Open both servers with their people; the operator of the bot owns the first one."""
    studio = discord.add_guild(STUDIO.name, owner=discord.application_owner)
    harbour = discord.add_guild(HARBOUR.name, owner="olga")
    for guild in (studio, harbour):
        _furnish(guild, CASTS[guild.name])
    return studio, harbour


def _furnish(guild: Guild, cast: Cast) -> None:
    guild.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
    guild.add_role("Admin", permissions=Permission.MANAGE_GUILD | Permission.MODERATE_MEMBERS)
    guild.add_role("Helper")
    guild.add_role("Patron")
    for name in cast.members:
        guild.add_member(name)
    for role, names in (("Moderator", cast.moderators), ("Admin", cast.admins), ("Helper", cast.helpers)):
        for name in names:
            guild.add_member(name, roles=[role])
    guild.add_thread(PLACES[-1])
    guild.add_channel(LOG)
    guild.overwrite(LOG, "@everyone", deny=Permission.VIEW_CHANNEL)
    for role in ("Moderator", "Admin", "Helper", "bot"):
        guild.overwrite(LOG, role, allow=READS)
