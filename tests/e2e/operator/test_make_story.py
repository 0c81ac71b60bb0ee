import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]
BOOKS = (r"Ledger \(SQLite\)", r"Bill \(service\)")


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_story_ends_well_with_books_that_agree_and_pictures_that_decode(tmp_path):
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "sandbox.story"]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "100", "PATH": ""}
    told = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )

    assert told.returncode == 0, told.stdout[-3000:] + told.stderr
    assert told.stderr == ""
    assert "\x1b" not in told.stdout
    assert [int(number) for number in re.findall(r"^(\d)\. ", told.stdout, re.MULTILINE)] == [1, 2, 3, 4, 5, 6, 7, 8]

    ledger, bill = (re.search(rf"{book}\s+(\d+) images, (\d+) of them free, ¥([\d.]+)", told.stdout) for book in BOOKS)
    assert ledger is not None
    assert bill is not None
    assert ledger.groups() == bill.groups()
    images, free, cost = int(bill[1]), int(bill[2]), bill[3]
    # The last one was edited by a dearer model.
    assert f"{(images - free - 1) * 0.14 + 0.20:.2f}" == cost
    assert "they agree, job by job and in total" in told.stdout

    folder = tmp_path / "story-pictures"
    named = re.findall(r"^\s+(\w+-\d+-\d\.png)$", told.stdout, re.MULTILINE)
    assert str(folder) in told.stdout.replace("\n", "")
    assert sorted(named) == sorted(path.name for path in folder.glob("*.png"))
    assert len(named) == 8
    for name in named:
        with Image.open(folder / name) as picture:
            picture.load()
            assert picture.size == ((2048, 2048) if name.startswith("lin-") else (1024, 1024))
