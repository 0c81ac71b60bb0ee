"""How the operator checks the books and resolves doubts: docs/operating.md, "Checking the books" and "Doubts".

What the vendor's console shows him is the bill itself.
"""

import re

from sandbox.dashscope import BillLine
from simulation.operating import commands
from simulation.world import World

ADVICE = re.compile(r"jobs resolve .*")
NO_FIGURE = "--billed N"
"""So ends a line's advice where the vendor does not say what it billed: look there."""

NAMED = re.compile(r"task ([0-9a-f-]{36})\b.*the vendor billed (\d+) image")
DOUBT = re.compile(r"#(?P<number>\d+) +(?P<server>\d+) +\S+ +\d+ +(?P<state>in_doubt|failed) ")
NOTHING = ["Nothing is in doubt."]

BOOKED_FOR_NONE = "SELECT 1 FROM booked_tasks WHERE task_id = ? AND job_id IS NULL"
JOB = "SELECT id, task_id FROM jobs WHERE number = ? AND server_id = ?"
OWNED = "SELECT task_id FROM jobs UNION SELECT task_id FROM booked_tasks"
DOUBTS = """
SELECT jobs.id, jobs.task_id, coalesce(sum(held_delta), 0) > 0 AS is_open
FROM jobs LEFT JOIN ledger ON ledger.job_id = jobs.id AND ledger.kind IN ('doubt', 'correction')
WHERE EXISTS (SELECT 1 FROM ledger WHERE job_id = jobs.id AND kind = 'doubt') GROUP BY jobs.id
"""
SURELY_KNOWN_MS = (24 * 3600 - 300) * 1000
"""A task that is younger must be named: the vendor answers for 24 hours, and the list is asked for two minutes less."""


async def check(world: World) -> None:
    """Run ``ledger verify``, and do what its lines say."""
    for line in await commands.verify(world):
        await _obey(world, line)


async def resolve_doubts(world: World, *, hastily: bool = False) -> None:
    """Say of each job whose cost stayed doubtful what the bill shows; ``hastily``, of those in doubt now as well."""
    for line in await commands.in_doubt(world):
        found = DOUBT.match(line)
        if found is not None and (hastily or found["state"] == "failed"):
            await _resolve(world, found["number"], found["server"])


async def close_the_day(world: World) -> None:
    """Check the books when all is calm: they agree with the vendor but for what nobody could know, and then wholly."""
    await world.vendor.until(lambda: all(task.end_ms is not None for task in world.vendor.drawn.values()))
    lines = await commands.verify(world)
    _judge(world, lines)
    for line in lines:
        await _obey(world, line)
    await resolve_doubts(world)
    for line in _unowned(world):
        # Too old for the vendor to tell: the bill shows it for ever.
        await commands.resolve(world, f"jobs resolve {line.task_id} --billed {line.images} --model {line.model}")
    left = [*await commands.verify(world), *await commands.in_doubt(world)]
    if left != NOTHING:
        world.violations.append(f"the books differ after the operator did what they say: {left}")


def _judge(world: World, lines: list[str]) -> None:
    """Hold what ``ledger verify`` named against what it should name."""
    expected, forgiven = _to_be_named(world), _forgiven(world)
    now_ms = world.vendor_clock.now_ms()
    found = [NAMED.search(line) for line in lines]
    named = {one[1]: int(one[2]) for one in found if one}
    wrong = [line for line, one in zip(lines, found, strict=True) if not one or expected.get(one[1]) != int(one[2])]
    missing = [
        task_id
        for task_id in expected.keys() - named.keys()
        if now_ms - world.vendor.tasks[task_id].submit_ms < SURELY_KNOWN_MS
    ]
    if wrong or missing:
        world.violations.append(
            f"ledger verify names other differences than there are: {wrong}, and misses {sorted(missing)}"
        )
    if strays := sorted(expected.keys() - forgiven):
        world.violations.append(f"billed tasks that no job has and no doubt covers: {strays}")


def _to_be_named(world: World) -> dict[str, int]:
    """Return the tasks that the books don't have the cost of, and what was billed for each."""
    billed = {line.task_id: line.images for line in world.vendor.bill()}
    open_doubts = {row["task_id"] for row in world.rows(DOUBTS) if row["is_open"] and row["task_id"]}
    return {
        **{line.task_id: line.images for line in _unowned(world) if line.task_id in world.vendor.tasks},
        **{task_id: billed.get(task_id, 0) for task_id in open_doubts},
    }


def _forgiven(world: World) -> set[str]:
    """Return the tasks of jobs that failed in doubt, whatever was said of them since, or that a restore has lost."""
    known = world.trace.known
    prompts = {known.prompt_of(row["id"]) for row in world.rows(DOUBTS)} | world.lost.anew.keys()
    prompts |= set(world.lost.unknown.values())
    return {task.task_id for task in world.vendor.tasks.values() if task.prompt in prompts}


def _unowned(world: World) -> list[BillLine]:
    owned = {row["task_id"] for row in world.rows(OWNED)} | _owned_calls(world)
    return [line for line in world.vendor.bill() if line.task_id not in owned]


def _owned_calls(world: World) -> set[str]:
    """Return the calls that some job was answered by, or has lost the answer of: the vendor has no task of them."""
    answered = {row["request_id"] for row in world.rows("SELECT request_id FROM jobs")}
    lost = {world.trace.known.prompt_of(row["id"]) for row in world.rows(DOUBTS)}
    calls = world.vendor.calls.items()
    return {call_id for call_id, call in calls if call.request_id in answered or call.prompt in lost}


async def _obey(world: World, line: str) -> None:
    """Do what a line of ``ledger verify`` says, if it says anything."""
    advice = ADVICE.search(line)
    if advice is None:
        return
    words = advice[0]
    if NO_FIGURE in words:
        billed = [one.images for one in world.vendor.bill() if one.task_id in words]
        if not billed:
            # It is being made still; the line comes again.
            return
        words = words.replace(NO_FIGURE, f"--billed {billed[0]}")
    world.tally["operator resolve"] += 1
    await commands.resolve(world, words)


async def _resolve(world: World, number: str, server: str) -> None:
    (row,) = world.rows(JOB, int(number), int(server))
    prompt = world.trace.known.prompt_of(row["id"])
    if any(drawn.prompt == prompt and drawn.end_ms is None for drawn in world.vendor.drawn.values()):
        # It is being made still, hours later where the vendor is crowded: the bill shows it then.
        return
    billed = [line for line in world.vendor.bill() if world.vendor.drawn[line.task_id].prompt == prompt]
    if billed and world.rows(BOOKED_FOR_NONE, billed[0].task_id):
        # As the program says to whoever names such a task.
        billed = []
    words = f"--billed {billed[0].images}" if billed else "--not-billed"
    if billed and not row["task_id"] and billed[0].task_id in world.vendor.tasks:
        words += f" --task {billed[0].task_id}"
    world.tally["operator resolve"] += 1
    await commands.resolve(world, f"jobs resolve {number} --server {server} {words}")
