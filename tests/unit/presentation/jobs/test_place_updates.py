from bot.presentation.jobs.place_updates import Line


def test_a_place_is_told_once_it_has_halved_and_half_a_minute_has_gone_by():
    line = Line()
    line.note(1, "m", 8, 100.0)
    assert line.due("m", {1: 5}, 140.0) == ([], None)
    assert line.due("m", {1: 4}, 110.0) == ([], 20.0)
    assert line.due("m", {1: 4}, 130.0) == ([1], None)


def test_other_lanes_and_jobs_that_left_the_line_are_not_told():
    line = Line()
    line.note(1, "m", 8, 0.0)
    line.note(2, "m", 8, 0.0)
    line.note(2, "m", 0, 1.0)
    assert line.due("other", {1: 1}, 99.0) == ([], None)
    assert line.due("m", {2: 1}, 99.0) == ([], None)
