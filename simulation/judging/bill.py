"""Whether the books have what the vendor bills, and nothing else."""

from collections import Counter

from sandbox.dashscope import BillLine
from simulation.judging.lost import Lost
from simulation.judging.stage import Row, Stage, named
from simulation.known import Known

COSTS = """
SELECT jobs.id, jobs.number, jobs.state, jobs.prompt, jobs.model, jobs.task_id, cap.period AS month,
    coalesce((SELECT json_extract(detail, '$.billed') FROM audit
        WHERE audit.job_id = jobs.id AND act = 'job.doubt_resolved' ORDER BY id DESC LIMIT 1),
        holds.billed_images) AS billed_images,
    coalesce(sum(ledger.used_delta), 0) AS cost_micros, coalesce(sum(ledger.held_delta), 0) AS doubtful_micros
FROM jobs JOIN holds ON holds.job_id = jobs.id JOIN legs ON legs.job_id = jobs.id
JOIN buckets AS cap ON cap.id = legs.bucket_id AND cap.kind = 'cap'
LEFT JOIN ledger ON ledger.job_id = jobs.id AND ledger.bucket_id = cap.id GROUP BY jobs.id
"""
"""What each job cost, and what is doubtful of it, as the rows have it: the operator's word is among them."""

BOOKED = "SELECT task_id, job_id, model, images FROM booked_tasks"
BOOKED_COSTS = """
SELECT cap.period AS month, used_delta AS cost_micros FROM ledger
JOIN buckets AS cap ON cap.id = bucket_id AND cap.kind = 'cap' WHERE ledger.kind = 'cost' AND job_id IS NULL
"""
MONTHS = "SELECT period, used FROM buckets WHERE kind = 'cap' AND used <> 0"


def check_bill(stage: Stage, lost: Lost, known: Known) -> None:
    """No request was drawn twice but by a restore; what the vendor bills is in the books, as cost or as doubt."""
    by_prompt = Counter(task.prompt for task in stage.vendor.drawn.values())
    costs = [{**row, "prompt": known.prompt_of(row["id"], row["prompt"])} for row in map(dict, stage.rows(COSTS))]
    ids = {row["prompt"]: row["id"] for row in costs}
    twice = [
        f"job {ids.get(prompt)}: {times} tasks" for prompt, times in by_prompt.items() if times > 1 + lost.anew[prompt]
    ]
    assert not twice, f"one request was drawn more than once: {twice}"
    lines = list(stage.vendor.bill())
    booked = {row["task_id"]: row for row in stage.rows(BOOKED) if row["job_id"] is None}
    unbilled = booked.keys() - {line.task_id for line in lines}
    assert not unbilled, f"a task of no job was booked and never billed: {sorted(unbilled)}"
    for line in lines:
        if line.task_id in booked:
            said = (booked[line.task_id]["model"], booked[line.task_id]["images"])
            assert said == (line.model, line.images), (
                f"a task of no job was booked otherwise than billed: {[line.task_id]}, {said}, not {line}"
            )
    of_jobs = _by_job(stage, costs, [line for line in lines if line.task_id not in booked])
    for row in costs:
        _check_cost(row, of_jobs[row["id"]])
    spent = Counter[str]()
    for row in (*costs, *stage.rows(BOOKED_COSTS)):
        spent[row["month"]] += row["cost_micros"]
    used = Counter({row["period"]: row["used"] for row in stage.rows(MONTHS)})
    assert used == +spent, f"the cap counts other costs than the rows do, in micros by month: {[used]}, not {[+spent]}"


def _by_job(stage: Stage, costs: list[Row], lines: list[BillLine]) -> dict[int, list[BillLine]]:
    """Return the lines of the bill by the job that they are for, which is the one that asked for what was drawn."""
    found: dict[int, list[BillLine]] = {row["id"]: [] for row in costs}
    by_prompt = {row["prompt"]: row for row in costs}
    for line in lines:
        prompt = stage.vendor.drawn[line.task_id].prompt
        assert prompt in by_prompt, f"billed for a task of no job: {[line.task_id]}, {line.cost_micros} micros"
        row = by_prompt[prompt]
        # Where nobody knows of the task, its job keeps room for it.
        assert row["task_id"] in {line.task_id, None, ""}, (
            f"a job has a task that was made for another: {named(row)} has {row['task_id']}, not {line.task_id}"
        )
        assert row["model"] == line.model, f"another model was billed than asked for: {named(row)}, {line.model}"
        found[row["id"]].append(line)
    return found


def _check_cost(row: Row, lines: list[BillLine]) -> None:
    images, cost_micros = sum(line.images for line in lines), sum(line.cost_micros for line in lines)
    kept = row["doubtful_micros"]
    if kept:
        assert row["cost_micros"] == 0, f"a cost is both booked and doubtful: {named(row)}, {row['cost_micros']} micros"
        assert kept >= cost_micros, (
            "billed for a task that no job knows of, nor keeps room for: "
            f"{named(row)} keeps {kept} of {cost_micros} micros"
        )
        return
    billed, booked = (images, cost_micros), (row["billed_images"], row["cost_micros"])
    assert booked == billed, f"booked otherwise than billed, in images and micros: {named(row)}, {booked}, not {billed}"
