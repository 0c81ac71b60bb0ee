"""The buttons of a job's card, in each of its states."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.pictures.inputs import InputPicture
from bot.domain.pictures.region import Region
from bot.presentation.jobs.cards import card
from bot.presentation.kit.texts import Texts
from tests.unit.presentation.samples import REQUEST, image, job_in, known

TEXTS = Texts.load()
IMAGES = (image(0), image(1))
CAT = InputPicture("cat.png", 9, 64, 48, is_scaled=False, is_flattened=False)


def buttons_of(job, about=None) -> list[tuple[str, bool]]:
    made = walk(card(TEXTS, job, about or known(job)).to_components())
    return [(one["custom_id"], bool(one.get("disabled"))) for one in made if one["type"] == 2]


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))


@pytest.mark.parametrize("state", list(JobState))
def test_buttons_fit_the_state(state):
    custom_ids = buttons_of(job_in(state, images=IMAGES))
    if state in {JobState.FETCHING, JobState.VOID} and not custom_ids:
        return
    cancelable = state in {
        JobState.HELD,
        JobState.QUEUED,
        JobState.SUBMITTING,
        JobState.IN_DOUBT,
        JobState.PENDING,
        JobState.RUNNING,
    }
    actions = ["cancel"] if cancelable else ["send", "delete"] if state is JobState.UNDELIVERED else ["delete"]
    more = {
        JobState.DELIVERING: ["repeat:812000:again::0", "repeat:812000:change", "edit:this", "more:812000"],
        JobState.DELIVERED: ["repeat:812000:again::0", "repeat:812000:change", "edit:this", "more:812000"],
        JobState.FAILED: ["repeat:812000:again::0", "repeat:812000:change"],
    }.get(state, [])
    assert custom_ids == [(one, False) for one in (*more, *(f"job:812000:{action}" for action in actions))]


def test_what_was_asked_for_in_private_is_asked_for_again_in_private():
    private = job_in(JobState.DELIVERED, images=IMAGES, request=replace(REQUEST, private=True))
    assert [one for one, _ in buttons_of(private)][:2] == [
        "repeat:812000:again:private:0",
        "repeat:812000:change:private",
    ]


@pytest.mark.parametrize(
    ("of_request", "of_job", "is_offered"),
    [
        ({}, {}, True),
        # The message is not kept by which it was judged whose pictures they were.
        ({}, {"owner_account_id": 5}, False),
        ({}, {"edited_number": 7}, False),
        # These belong to that one picture.
        ({"region": Region(1)}, {}, False),
        ({"pictures": (CAT, replace(CAT, is_mask=True))}, {}, False),
        # Forgotten, or let go for their age.
        ({"pictures": (replace(CAT, path=""),)}, {}, False),
    ],
)
def test_the_same_edit_is_asked_for_again_where_all_of_it_is_kept_and_its_members_own(of_request, of_job, is_offered):
    request = replace(REQUEST, **{"pictures": (CAT,), **of_request})
    edited = job_in(JobState.DELIVERED, images=IMAGES, request=request, **of_job)
    again = ["repeat:812000:again::0"] if is_offered else []
    assert [one for one, _ in buttons_of(edited)] == [*again, "edit:this", "more:812000", "job:812000:delete"]


def test_what_is_being_posted_can_not_be_deleted_yet():
    assert (
        buttons_of(job_in(JobState.DELIVERING, images=IMAGES), replace(known(job_in(JobState.DELIVERING)), pictures=()))
        == []
    )


def test_a_wish_to_cancel_disables_the_button():
    assert buttons_of(job_in(JobState.PENDING, cancel_wished_ms=1)) == [("job:812000:cancel", True)]
    assert buttons_of(job_in(JobState.PENDING, cancel_wished_ms=1, cancel_refused=True))[0][1]
