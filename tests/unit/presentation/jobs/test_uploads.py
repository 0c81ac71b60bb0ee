import io
import json
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.jobs.job import JobState
from bot.domain.pictures.metadata import metadata_of
from bot.presentation.jobs import previews, uploads
from bot.presentation.jobs.uploads import Upload
from bot.storage.files.picture_files import PictureFiles
from sandbox.dashscope.pictures.oddities import LABEL, XMP, labelled, odd_pictures, of_16_bits, plain, srgb
from tests.unit.presentation.samples import REPLY, image, job_in

LIMIT_BYTES = 100_000


def job_with(tmp_path: Path, *files: tuple[str, bytes], limit_bytes: int = LIMIT_BYTES):
    for name, data in files:
        (tmp_path / name).write_bytes(data)
    images = tuple(image(ordinal, path=name) for ordinal, (name, _) in enumerate(files))
    job = job_in(JobState.DELIVERING, images=images)
    return job_in(job.state, images=images, reply=type(REPLY)(1, 2, "token", 0, 3, limit_bytes, "en-US", True))


def sent(upload: Upload) -> bytes:
    return upload.source if isinstance(upload.source, bytes) else upload.source.read_bytes()


@pytest.mark.parametrize("odd", odd_pictures())
async def test_what_fits_is_sent_byte_for_byte(tmp_path: Path, odd: str):
    data = odd_pictures()[odd]
    ending = "webp" if "WebP" in odd else "jpg" if "JPEG" in odd else "png"
    (upload,) = await uploads.prepare(job_with(tmp_path, (f"0.{ending}", data)), PictureFiles(tmp_path))
    assert sent(upload) == data
    assert upload.picture.filename == f"812-1.{ending}"
    assert not upload.picture.is_reencoded


async def test_a_copy_that_fits_says_of_itself_what_its_original_does(tmp_path: Path):
    large = labelled((400, 400), noise=True)
    (upload,) = await uploads.prepare(job_with(tmp_path, ("0.png", large)), PictureFiles(tmp_path))
    assert upload.picture.is_reencoded
    assert len(sent(upload)) <= LIMIT_BYTES
    with Image.open(io.BytesIO(sent(upload))) as copy:
        assert copy.format == "JPEG"
        assert copy.info["icc_profile"] == srgb()
        assert copy.info["xmp"].decode() == XMP
        comment = copy.getexif().get_ifd(0x8769)[0x9286]
        assert json.loads(comment.removeprefix(b"ASCII\x00\x00\x00")) == {"AIGC": json.loads(LABEL)}
        assert LABEL in copy.info["comment"].decode()


async def test_a_copy_of_a_copy_still_says_so(tmp_path: Path):
    large = labelled((400, 400), noise=True)
    (upload,) = await uploads.prepare(job_with(tmp_path, ("0.png", large), limit_bytes=2**30), PictureFiles(tmp_path))
    ((copy,),) = await uploads.smaller([upload])
    again = uploads._as_jpeg(copy, 30_000)  # pyright: ignore[reportPrivateUsage]
    assert metadata_of(io.BytesIO(sent(again))) == metadata_of(io.BytesIO(sent(copy)))
    assert b"AIGC" in sent(again)


async def test_16_bits_of_grey_keep_their_light_in_copies(tmp_path: Path):
    job = job_with(tmp_path, ("0.png", of_16_bits(0, (256, 64))), limit_bytes=200)
    for made in (
        await uploads.prepare(job, PictureFiles(tmp_path)),
        await previews.prepare(job, PictureFiles(tmp_path)),
    ):
        with Image.open(io.BytesIO(sent(made[0]))) as copy:
            middle = copy.convert("L").getpixel((copy.width // 2, copy.height // 2))
            assert middle == pytest.approx(128, abs=8)


async def test_a_file_that_is_no_picture_any_more_costs_its_siblings_nothing(tmp_path: Path):
    job = job_with(tmp_path, ("0.png", bytes(LIMIT_BYTES + 1)), ("1.png", plain()))
    ready = await uploads.prepare(job, PictureFiles(tmp_path))
    assert [upload.picture.ordinal for upload in ready] == [1]


async def test_a_file_that_was_lost_is_named_in_the_log_without_its_folder(tmp_path: Path, caplog):
    job = job_with(tmp_path, ("0.png", plain()), ("1.png", plain()))
    PictureFiles(tmp_path).file("0.png").unlink()
    assert [upload.picture.ordinal for upload in await uploads.prepare(job, PictureFiles(tmp_path))] == [1]
    assert "0.png can't be read: No such file or directory" in caplog.text
    assert str(tmp_path) not in caplog.text
