import io
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.jobs.job import JobState
from bot.presentation.jobs import previews
from bot.storage.files.picture_files import PictureFiles
from sandbox.dashscope.pictures.oddities import odd_pictures
from tests.unit.presentation.samples import image, job_in


def paint(file: Path, size: tuple[int, int], mode: str = "RGB") -> None:
    Image.new(mode, size).save(file, "PNG")


async def test_previews_are_small_jpegs_in_the_pictures_own_shape(tmp_path: Path):
    paint(tmp_path / "0.png", (1024, 512))
    paint(tmp_path / "1.png", (100, 200), "RGBA")
    job = job_in(JobState.DELIVERED, images=(image(0), image(1)))
    made = await previews.prepare(job, PictureFiles(tmp_path))
    assert [upload.picture.filename for upload in made] == ["812-1.jpg", "812-2.jpg"]
    shown = [Image.open(io.BytesIO(upload.source)) for upload in made if isinstance(upload.source, bytes)]
    assert [(one.format, one.size) for one in shown] == [("JPEG", (256, 128)), ("JPEG", (100, 200))]


async def test_a_picture_that_is_gone_or_broken_costs_the_others_nothing(tmp_path: Path):
    (tmp_path / "0.png").write_bytes(b"no picture")
    paint(tmp_path / "2.png", (64, 64))
    job = job_in(JobState.DELIVERED, images=(image(0), image(1), image(2)))
    assert [upload.picture.ordinal for upload in await previews.prepare(job, PictureFiles(tmp_path))] == [2]


@pytest.mark.parametrize("odd", odd_pictures())
async def test_every_picture_that_was_kept_has_a_preview(tmp_path: Path, odd: str):
    (tmp_path / "0.png").write_bytes(odd_pictures()[odd])
    (upload,) = await previews.prepare(job_in(JobState.DELIVERED, images=(image(0),)), PictureFiles(tmp_path))
    assert isinstance(upload.source, bytes)
    with Image.open(io.BytesIO(upload.source)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (64, 48))


async def test_a_preview_says_that_a_machine_made_it(tmp_path: Path):
    (tmp_path / "0.png").write_bytes(odd_pictures()["a labelled PNG"])
    (upload,) = await previews.prepare(job_in(JobState.DELIVERED, images=(image(0),)), PictureFiles(tmp_path))
    assert isinstance(upload.source, bytes)
    assert b"AIGC" in upload.source
