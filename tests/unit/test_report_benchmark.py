import pytest

from benchmarks import report

SMALL = ["--rows", "2000", "--members", "1200", "--times", "1"]


@pytest.mark.slow
def test_both_shapes_of_a_database_are_measured_and_a_report_that_grew_too_slow_is_a_failure(
    capsys: pytest.CaptureFixture[str],
):
    assert report.main([*SMALL, "--most", "1e9"]) == 0
    many, one = capsys.readouterr().out.splitlines()
    assert "a server of many" in many
    assert "all members in one server" in one
    assert "table 0 bytes" not in one
    assert "chart 0 bytes" not in one
    assert report.main([*SMALL, "--most", "0"]) == 1
