from tests.simulation.playing import play


def test_what_was_committed_stays_whichever_callback_the_kill_comes_before_and_what_was_not_is_gone():
    saw = play("committed", 1)
    assert saw["lost"] == []
    assert saw["kills"] >= 15


def test_a_kill_runs_no_finally_and_no_except_of_the_dead():
    saw = play("committed", 2)
    # Only the one that nobody killed came to its end.
    assert (saw["cleaned"], saw["kills"] >= 15) == (["finally"], True)


def test_the_bot_that_is_started_again_goes_on_with_what_was_held():
    saw = [play("restart", seed) for seed in range(1, 11)]
    ends = {(one["held"], *one["states"], one["failed"]) for one in saw}
    # Acknowledged and drawn, taken back unacknowledged, or never held: by where the kill fell.
    assert ends <= {(1, "delivered", False), (1, "void", True), (0, True)}
    assert {(1, "delivered", False), (0, True)} <= ends
    assert {one["error"] for one in saw} == {"None"}


def test_a_request_is_answered_and_its_pictures_are_delivered():
    assert play("picture", 1)["states"] == ["delivered"]
