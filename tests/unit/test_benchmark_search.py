import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import search
from benchmarks.search import build

SMALL = ["--jobs", "600", "--searches", "20"]
NO_BOUND, NOT_TO_BE_MET = "1e9", "0"


def test_searches_and_depths_are_measured(capsys: pytest.CaptureFixture[str]):
    assert search.main([*SMALL, "--most", NO_BOUND, "--most-ratio", NO_BOUND]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("600 jobs")
    assert len([line for line in lines if line.startswith("searches by words") and "95th percentile" in line]) == 2
    assert len([line for line in lines if line.startswith("page 200 to page 1") and "ratio" in line]) == 5


@pytest.mark.parametrize("bound", ["--most", "--most-ratio"])
def test_a_search_or_a_page_that_is_too_slow_is_a_failure(bound: str):
    bounds = {"--most": NO_BOUND, "--most-ratio": NO_BOUND, bound: NOT_TO_BE_MET}
    assert search.main([*SMALL, *(part for pair in bounds.items() for part in pair)]) == 1


def test_every_job_of_the_benchmark_is_in_the_index(tmp_path: Path):
    build(tmp_path / "log.db", 300)
    with closing(sqlite3.connect(tmp_path / "log.db")) as conn:
        assert conn.execute("SELECT count(*), sum(indexed = 1) FROM jobs").fetchone() == (300, 300)
        found = conn.execute(
            "SELECT count(*) FROM log_words WHERE log_words MATCH '1j77616e78322e312d7432692d747572626f'"
        )
        assert found.fetchone()[0] > 0
