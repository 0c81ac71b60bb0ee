"""Whoever uses a command or a button while nothing is wrong is answered."""

from sandbox.discord.state.interactions import Interaction
from simulation.rules.quiet import is_quiet
from simulation.world import World

FORBIDDEN = 403


def check(world: World) -> None:
    """Each interaction of a quiet time has its answer, and the words that were promised."""
    unanswered = [one for one in world.discord.world.interactions.values() if one.failed or _is_loading(one)]
    # Of one that was made older nobody knows any more when it was sent.
    dated = [one for one in unanswered if one.id not in world.aged and not _is_forbidden(world, one)]
    wrong = [f"{one.id} by {one.user.name}: {_what(one)}" for one in dated if is_quiet(world, one.born_s, one.born_s)]
    assert not wrong, f"somebody was not answered though nothing was wrong: {wrong}"


def _is_forbidden(world: World, one: Interaction) -> bool:
    """Whether Discord was told to refuse the very words: that lies in wait for whoever is answered next."""
    refused = (request.raw_path for request in world.discord.requests if request.status == FORBIDDEN)
    return bool(world.tally["discord refused_edit"]) and any(one.token in path for path in refused)


def _is_loading(one: Interaction) -> bool:
    return one.original is not None and one.original.loading and not one.original.deleted


def _what(one: Interaction) -> str:
    return str(one.data.get("name") or one.data.get("custom_id"))
