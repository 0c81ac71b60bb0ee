"""What can be made of a picture that is there, and what it costs."""

from dataclasses import replace

import pytest

from bot.domain.jobs.further import Way, further, options_for
from bot.domain.jobs.job import Job, JobImage, JobState
from bot.domain.pictures.inputs import MadePicture
from bot.domain.requests.catalogue import BUILT_IN, taking_pictures
from bot.domain.requests.edits import Function
from bot.domain.requests.request import check
from tests.unit.presentation.samples import REQUEST, job_in

EDITING = taking_pictures(BUILT_IN)
TURBO, WAN27, PRO, ENLARGES = "wanx2.1-t2i-turbo", "wan2.7-image", "wan2.7-image-pro", "wanx2.1-imageedit"


def picture(width: int = 1024, height: int = 1024, size_bytes: int = 1000) -> JobImage:
    return JobImage(1, "", "", None, None, "1/2-2.png", size_bytes, width, height, 0)


def drawn_by(model: str) -> Job:
    return job_in(JobState.DELIVERED, request=replace(REQUEST, model=model))


def ways(model: str, image: JobImage, *names: str) -> dict[Way, str]:
    models = {name: EDITING[name] for name in names} if names else EDITING
    return {one.way: one.model.name for one in further(drawn_by(model), image, models, BUILT_IN.get(model))}


def test_what_drew_it_varies_it_else_the_first_that_can():
    assert ways(PRO, picture())[Way.VARY] == PRO
    assert ways(TURBO, picture())[Way.VARY] == WAN27
    # By its function, where no other model may be used.
    assert ways(TURBO, picture(), ENLARGES) == {Way.VARY: ENLARGES, Way.ENLARGE: ENLARGES}


def test_the_dearest_model_finishes_what_a_cheaper_one_has_drawn():
    assert ways(TURBO, picture(), WAN27, PRO, ENLARGES)[Way.FINISH] == PRO
    assert Way.FINISH not in ways(PRO, picture(), WAN27, PRO)
    assert Way.FINISH not in ways(TURBO, picture(), ENLARGES)
    # Of what nobody knows it is not said that another is better.
    assert Way.FINISH not in ways("gone", picture())


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (picture(2048, 2048), {Way.VARY, Way.ENLARGE}),
        (picture(4096, 4096), {Way.VARY}),
        (picture(5000, 5000), set()),
        (picture(511, 600), set()),
        (picture(size_bytes=11 * 1024 * 1024), set()),
    ],
)
def test_a_model_is_offered_only_what_it_takes(image: JobImage, expected: set[Way]):
    assert set(ways(TURBO, image, ENLARGES)) == expected


@pytest.mark.parametrize("model", sorted(EDITING))
def test_what_is_offered_can_be_asked_for_at_that_price(model: str):
    job, image = drawn_by(TURBO), picture()
    for one in further(job, image, {model: EDITING[model]}, BUILT_IN[TURBO]):
        words = "" if one.way is Way.ENLARGE else "x" * 9000
        options = options_for(one, job, image, words)
        assert options.handed_in == (MadePicture("1/2-2.png", f"#{job.number} (2)", 1000),)
        asked = check(options, BUILT_IN, drawn_seed=1)
        assert (asked.model, asked.count) == (model, 1)
        if one.way is Way.ENLARGE:
            assert asked.edit is not None
            assert asked.edit.function is Function.ENLARGE


def test_what_comes_of_a_private_picture_is_private():
    job = job_in(JobState.DELIVERED, request=replace(REQUEST, private=True))
    (one, *_) = further(job, picture(), EDITING, BUILT_IN[TURBO])
    options = options_for(one, job, picture(), "words")
    assert options.private
    assert options.source is not None
    assert options.source.is_ephemeral
