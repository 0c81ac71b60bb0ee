"""docs/simulation.md has the figures of a long run, and says what the code says now."""

import ast

from simulation.day import DAY_H
from simulation.known_faults import FAULTS
from simulation.people import ACTS
from simulation.reporting.densities import Found
from simulation.reporting.excerpt import excerpt
from simulation.reporting.figures import Figures
from simulation.reporting.played import Played
from simulation.reporting.report import PAGE, SIMULATION, make_page, rules
from simulation.run import Outcome
from simulation.troubles import TROUBLES
from simulation.words import title

JUDGES = [file for room in ("judging", "rules") for file in sorted((SIMULATION / room).glob("*.py"))]
LINES = list[str](
    """\
     1.000000 operator starts life 1
     2.000000 mei      asks 1007: a lamp
     3.000000 bob      asks 1008: a flower shop
     3.010000 database job 1008 (#1) is held (version 1)
     3.020000 bot      sends to discord on 2: POST /api/v10/interactions/1008/.../callback
     3.020000 discord  gets from bot on 2: POST /api/v10/interactions/1008/.../callback
     3.030000 bot      sends to vendor on 3: 71 bytes
     4.000000 trouble  the next edit_message is forbidden
     4.500000 database job 1008 (#1) is pending (version 4, task c0fb)
     5.000000 bot      sends to vendor on 3: GET /api/v1/tasks/c0fb
     5.020000 log      WARNING bot: task c0fb names no results
     6.000000 database job 1007 (#1) is undelivered (version 8)
     7.000000 database job 1008 (#1) is delivered (version 8)
     8.000000 database job 1008 (#1) is delivered (version 9)
""".splitlines()
)


def test_the_page_is_what_the_code_and_the_figures_make_of_it():
    assert PAGE.read_text(encoding="utf-8") == make_page(Figures.read()), "run make docs"


def test_the_page_tells_of_all_acts_troubles_faults_and_rules():
    page = PAGE.read_text(encoding="utf-8")
    names = [*map(title, ACTS), *map(title, TROUBLES), *(f"`{name}`" for name in FAULTS)]
    assert [name for name in names if f"| {name} |" not in page] == []
    assert [rule for rule in rules() if f"- {rule}\n" not in page] == []


def test_each_rule_of_the_judge_is_told_by_its_sentence():
    told = rules()
    assert {"left undone", "somebody did what was not theirs to do", "one request was drawn more than once"} <= set(
        told
    )
    asserted = [
        node
        for file in JUDGES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert [ast.unparse(node) for node in asserted if not any(rule in ast.unparse(node) for rule in told)] == []


def _played(*seeds: int) -> Played:
    """Return what came of seeds of which the fourth fails."""
    played = Played(took_s=4.0)
    for seed in seeds:
        violations = ["left undone: []"] if seed == 4 else []
        played.add(Outcome(seed, digest=f"{seed}" * 16, virtual_s=7200, violations=violations))
    played.tally[title(next(iter(ACTS)))] = 1234
    return played


def test_what_seeds_came_to_stands_in_the_page():
    faults = {name: Found(looked=50, seeds=[9, 8]) for name in FAULTS}
    page = make_page(Figures.of(_played(3, 4), faults, Outcome(3, lines=LINES), DAY_H))
    assert "**Seeds 3 to 4: in 1 of them something was violated: [4].** 2 days, 4 hours simulated" in page
    assert f"| {title(next(iter(ACTS)))} | " in page
    assert "| 1,234 |" in page
    assert page.count("| 2 of 50 seeds | - | 8 | - |") == len(FAULTS)
    assert f"```text\n{LINES[2]}\n" in page


def test_days_that_are_added_stand_beside_those_before():
    figures = Figures.of(_played(3, 4), {}, Outcome(3, lines=LINES), DAY_H)
    figures.add(_played(5))
    page = make_page(figures)
    assert "**Seeds 3 to 5: in 1 of them something was violated: [4].** 3 days, 6 hours simulated" in page
    assert page.count("| `python -m simulation ") == 2
    assert figures.happened(title(next(iter(ACTS)))) == 2 * 1234


def test_an_excerpt_is_the_story_of_the_job_that_trouble_follows():
    assert excerpt(LINES) == [LINES[2], LINES[3], LINES[4], LINES[7], LINES[8], LINES[10], LINES[12]]


def test_a_trace_without_trouble_or_requests_has_an_excerpt_too():
    assert excerpt(LINES[:1]) == excerpt([]) == []


def test_a_long_excerpt_loses_its_middle():
    long = [*LINES[:9], *[LINES[10]] * 100, LINES[12]]
    shown = excerpt(long)
    assert len(shown) == 41
    assert shown[20].split() == ["...", "66", "lines"]
    assert (shown[0], shown[-1]) == (LINES[2], LINES[12])
