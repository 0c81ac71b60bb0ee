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
     2.000000 mei      asks 7: a lamp
     3.000000 bob      asks 8: a flower shop
     3.010000 discord  sends to bot on 1: event INTERACTION_CREATE
     3.020000 bot      gets from discord on 1: event INTERACTION_CREATE
     3.030000 bot      sends to vendor on 3: 71 bytes
     4.000000 trouble  the next edit_message is forbidden
     5.000000 bot      sends to vendor on 3: GET /api/v1/tasks/c0fb
     5.010000 vendor   sends to bot on 3: 200 OK
     5.020000 discord  sends to bot on 2: 403 Forbidden
     6.000000 database job #2 is undelivered (version 8)
     7.000000 database job #1 is delivered (version 8)
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


def test_what_seeds_came_to_stands_in_the_page():
    played = Played()
    for seed, violations in ((3, []), (4, ["left undone: []"])):
        played.add(Outcome(seed, digest=f"{seed}" * 16, virtual_s=7200, violations=violations))
    played.tally[title(next(iter(ACTS)))] = 1234
    faults = {name: Found(looked=50, seeds=[9, 8]) for name in FAULTS}
    played.took_s = 4.0
    page = make_page(Figures.of(played, faults, Outcome(3, lines=LINES), DAY_H))
    assert "**Seeds 3 to 4: in 1 of them something was violated: [4].** 2 days, 4 hours simulated" in page
    assert f"| {title(next(iter(ACTS)))} | " in page
    assert "| 1,234 |" in page
    assert page.count("| 2 of 50 seeds | - | 8 | - |") == len(FAULTS)
    assert f"```text\n{LINES[2]}\n" in page


def test_an_excerpt_goes_from_the_request_that_trouble_follows_to_an_end_without_what_is_commonplace():
    assert excerpt(LINES) == [LINES[2], LINES[3], LINES[6], LINES[9], LINES[10]]


def test_a_long_excerpt_loses_its_middle():
    long = [*LINES[:7], *[LINES[9]] * 100, LINES[10]]
    shown = excerpt(long)
    assert len(shown) == 41
    assert shown[20].split() == ["...", "64", "lines"]
    assert (shown[0], shown[-1]) == (LINES[2], LINES[10])
