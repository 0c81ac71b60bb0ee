"""Lanes that stop, as for models that are listed no more: whether they do, who hears of it, when they are tried."""

from collections import Counter
from collections.abc import Iterator

from bot.domain.jobs.lane import ACCOUNT, NOT_OFFERED
from simulation.world import Retirement, World

TOLD = """
SELECT content ->> '$.model' AS model, count(*) AS times FROM outbox
WHERE kind = 'lane-stopped' AND content ->> '$.code' = ? GROUP BY 1
"""
WARNED = """
SELECT content ->> '$.model' AS model, content ->> '$.day' AS day, count(*) AS times FROM outbox
WHERE kind = 'model-retires' GROUP BY 1, 2
"""
TEXT_GONE = "SELECT content ->> '$.model' AS model FROM outbox WHERE kind = 'text-model-gone'"
STOPPED = "SELECT model FROM lanes WHERE stopped_ms > 0 AND stop_code = ?"
JOBS = "SELECT id, model FROM jobs"

ASKED_WITHIN_S = 120.0
"""After a start: each model is asked after, one after the other."""

PROBED_AFTER_S = 55.0
"""After a stop, and between two tries, a minute passes at the least; clocks drift a little."""

MOST_WARNINGS = 1
"""Of one day: those that are told again in the last three days were not far off when they were told first."""


def check_stops(world: World) -> None:
    """A lane stops for want of a model when a start finds that it is gone, and opens again when one finds it back."""
    strange = [model for at_s, model in _closings(world) if not any(_is_gone(one, model, at_s) for one in _gone(world))]
    assert not strange, f"a model counts as gone that is listed: {strange}"
    missed = [one.model for one in _gone(world) if _was_asked(world, one) and not _is_stopped(world, one)]
    assert not missed, f"a model is gone, and its lane was not stopped: {missed}"
    left = [row["model"] for row in world.rows(STOPPED, NOT_OFFERED)]
    assert not left, f"a model is listed again, and its lane is stopped still: {left}"


def check_word(world: World) -> None:
    """The operator hears once of each such stop, and once of a day on which a model goes offline."""
    told = {row["model"]: row["times"] for row in world.rows(TOLD, NOT_OFFERED)}
    stops = Counter(model for _, model in _closings(world))
    assert told == stops, f"the operator is told of other models that are gone than were found: {told}, not {stops}"
    warned = {(row["model"], row["day"]): row["times"] for row in world.rows(WARNED)}
    words = [one for one in world.retirements if one.last_day]
    known = {(one.model, one.last_day) for one in words if one.is_near}
    odd = {key: times for key, times in warned.items() if key not in known or times > MOST_WARNINGS}
    assert not odd, f"the operator was told of a model's end that was not near, or too often: {odd}"
    untold = [one.model for one in words if one.is_near and _was_asked(world, one)]
    untold = [model for model in untold if not any(model == of for of, _ in warned)]
    assert not untold, f"the operator was not told that a model goes offline: {untold}"


def check_text(world: World) -> None:
    """The operator hears once of each time that the model which rewrites prompts is found to be gone."""
    told = [row["model"] for row in world.rows(TEXT_GONE)]
    absences = [one for one in world.retirements if not one.last_day and _is_text(world, one)]
    least = any(_was_asked(world, one) for one in absences)
    is_right = least <= len(told) <= len(absences) and set(told) <= {one.model for one in absences}
    assert is_right, (
        f"the operator hears otherwise of the model that rewrites prompts: {told}, gone {len(absences)} times"
    )


def check_probes(world: World) -> None:
    """A model that is stopped, or a whole account, is asked for pictures once a minute at the most."""
    if world.tally["machine clock_step"]:
        return
    left_s: dict[str, float] = {}
    hasty: list[str] = []
    for at_s, lane, what in sorted([*_stops(world), *_tries(world)]):
        if what == "opens":
            left_s.pop(lane, None)
        elif what == "stops":
            left_s[lane] = at_s
        else:
            for stopped in {lane, ACCOUNT} & left_s.keys():
                if at_s < left_s[stopped] + PROBED_AFTER_S:
                    hasty.append(f"{stopped} at {at_s:.0f} s, after {at_s - left_s[stopped]:.1f} s")
                left_s[stopped] = at_s
    assert not hasty, f"a stopped lane was tried again at once: {hasty}"


def _gone(world: World) -> list[Retirement]:
    return [one for one in world.retirements if not one.last_day and not _is_text(world, one)]


def _is_text(world: World, one: Retirement) -> bool:
    return world.config.rewriting is not None and one.model == world.config.rewriting.model


def _closings(world: World) -> Iterator[tuple[float, str]]:
    """Yield when a lane was stopped for want of its model, and of which."""
    yield from ((at_s, model) for at_s, model, word in world.trace.stops if word == NOT_OFFERED)


def _is_gone(one: Retirement, model: str, at_s: float) -> bool:
    return one.model == model and one.since_s <= at_s <= one.until_s + ASKED_WITHIN_S


def _was_asked(world: World, one: Retirement) -> bool:
    """Whether a bot began, and could ask undisturbed, while the vendor said that of a model."""
    starts_s = (life.began_s for life in world.lives if life.ended_s > life.began_s + ASKED_WITHIN_S)
    return any(
        one.since_s < began_s < one.until_s - ASKED_WITHIN_S and not _is_disturbed(world, began_s)
        for began_s in starts_s
    )


def _is_disturbed(world: World, began_s: float) -> bool:
    return any(spell.began_s < began_s + ASKED_WITHIN_S and began_s < spell.ended_s for spell in world.spells)


def _is_stopped(world: World, one: Retirement) -> bool:
    """Whether a model's lane, or all, stopped before the vendor listed it again, for whatever reason."""
    return any(at_s < one.until_s and model in (one.model, "*") and word for at_s, model, word in world.trace.stops)


def _stops(world: World) -> Iterator[tuple[float, str, str]]:
    yield from ((at_s, lane, "stops" if word else "opens") for at_s, lane, word in world.trace.stops)


def _tries(world: World) -> Iterator[tuple[float, str, str]]:
    models = {row["id"]: row["model"] for row in world.rows(JOBS)}
    yield from ((at_s, models[job_id], "tries") for at_s, job_id in world.trace.claims)
