from dataclasses import replace

import pytest

from bot.domain.jobs.job import JobState
from bot.presentation.jobs.history_pages import ON_A_PAGE, HistoryPages, Page
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Texts
from tests.unit.presentation.samples import image, job_in

JOBS = [job_in(JobState.DELIVERED, id=900 - k, number=90 - k, images=(image(0),)) for k in range(ON_A_PAGE)]


def shown(page: Page, *, small: int = 0) -> str:
    pictures = {job.id: Upload(ShownPicture(0, f"{job.id}-1.jpg"), b"") for job in page.jobs[:small]}
    return str(HistoryPages(Texts.load(), "en-US", 7).view(page, pictures, None).to_components())


@pytest.mark.parametrize(
    ("page", "turns"),
    [
        (Page(JOBS, has_newer=False, has_older=False), []),
        (Page(JOBS, has_newer=False, has_older=True), ["history:7:891"]),
        (Page(JOBS, has_newer=True, has_older=True), ["history:7:900:newer", "history:7:891"]),
        (Page(JOBS, has_newer=True, has_older=False), ["history:7:900:newer"]),
        (Page([], has_newer=True, has_older=False), ["history:7:0:newer"]),
        (Page([], has_newer=False, has_older=False), []),
    ],
)
def test_pages_turn_both_ways(page, turns):
    text = shown(page)
    assert [
        one for one in ("history:7:891", "history:7:900:newer", "history:7:0:newer") if f"'{one}'" in text
    ] == sorted(turns)


def test_small_copies_stand_above_the_lines_with_what_each_shows():
    text = shown(Page(JOBS, has_newer=False, has_older=False), small=2)
    assert text.count("attachment://") == 2
    assert text.index("attachment://900-1.jpg") < text.index("#90 · ")
    assert "attachment://" not in shown(Page([replace(JOBS[0], deleted_ms=5)], has_newer=False, has_older=False))
