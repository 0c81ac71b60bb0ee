"""Who did what they had no right to."""

from sandbox.discord import Guild
from simulation.rules.replay.audit import AuditedAct, acts
from simulation.servers import CASTS
from simulation.world import World

OWNERS = "SELECT id, account_id FROM jobs"
ON_JOBS = ("job.cancel_wished", "job.removal_intent", "job.send_again")
MODERATES = ("mod.",)
ADMINISTERS = ("quota.", "settings.")


def check(world: World) -> None:
    """Nobody acted on another's job, moderated or administered but those who may in that server, at that time."""
    owners = {row["id"]: row["account_id"] for row in world.rows(OWNERS)}
    guilds = {guild.id: guild for guild in world.guilds}
    named: dict[int, list[int]] = {}
    wrong: list[str] = []
    for act in acts(world):
        if "moderator_roles" in act.detail:
            named[act.server_id] = act.after("moderator_roles")
        is_others = (act.name in ON_JOBS and act.account_id != owners[act.job_id or 0]) or _is_of_all(act)
        wields = is_others or act.name.startswith((*MODERATES, *ADMINISTERS))
        if act.account_id is None or act.name == "mod.appeal" or not wields:
            continue
        guild = guilds[act.server_id]
        helps = guild.role("Helper").id in named.get(guild.id, ()) and not act.name.startswith(ADMINISTERS)
        if act.person_id not in _powerful(world, guild, helps=helps, administers=act.name.startswith(ADMINISTERS)):
            wrong.append(f"{act.person_id} in {guild.name}: {act.name}, job {act.job_id}")
    assert not wrong, f"somebody did what was not theirs to do: {wrong}"


def _is_of_all(act: AuditedAct) -> bool:
    """Whether an act gives everybody a set of pictures, or takes one away that is not its own person's."""
    adds = act.name == "reference.add" and act.detail["shared"]
    return bool(adds) or (act.name == "reference.remove" and act.detail["account"] != act.account_id)


def _powerful(world: World, guild: Guild, *, helps: bool, administers: bool) -> set[int]:
    """Return who may administer a server, or else who may moderate it."""
    cast = CASTS[guild.name]
    names = [*cast.admins, *(() if administers else cast.moderators), *(cast.helpers if helps else ())]
    return {guild.owner.id, *(world.discord.world.user(name).id for name in names)}
