import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PIL import Image

from bot.presentation.kit.texts import Texts
from bot.presentation.reports.charts import INHERITED, LIMIT_S, ChartFailed, Charts
from sandbox.clock import SandboxClock
from tests.unit.presentation.usage_reports import crowd, report_of, use

ROOT = Path(__file__).parents[4]
TEXTS = Texts.load()
DRAWER = "tests.support.drawer"

PARENT = """
import asyncio, sys
from bot.clock import SystemClock
from bot.presentation.reports.charts import Charts
from bot.presentation.kit.texts import Texts
from tests.unit.presentation.usage_reports import report_of, use

charts = Charts(SystemClock(), Texts.load())
picture = asyncio.run(charts.draw(report_of(use(1, 2, 3)), {1001: "小明"}, "星空", "zh-CN"))
assert not {"matplotlib", "numpy", "bot.presentation.reports.chart_render"} & sys.modules.keys()
sys.stdout.buffer.write(picture)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class Hanging:
    """A drawing process that does not end: where it reports, and whether it lives."""

    def __init__(self) -> None:
        self.port = 0
        self.started = asyncio.Event()
        self.ended = asyncio.Event()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.started.set()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self.ended.set()
        writer.close()


@pytest.fixture
async def hanging() -> AsyncGenerator[Hanging]:
    process = Hanging()
    server = await asyncio.start_server(process.meet, "127.0.0.1", 0)
    async with server:
        process.port = server.sockets[0].getsockname()[1]
        yield process


async def test_a_report_becomes_a_picture_and_no_file_is_left_behind(temporary):
    picture = await Charts(SandboxClock(), TEXTS).draw(crowd(100), {1001: "小明 $x$"}, "星空", "zh-CN")
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
        assert image.format == "PNG"
        assert image.width == 1000
        assert 900 < image.height < 1500
    assert len(picture) < 1_000_000
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("home", [None, "/dev/null"])
def test_the_bots_process_never_loads_the_plotting_library_and_needs_no_home(tmp_path, home):
    environment = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TMPDIR": str(tmp_path)}
    if home is not None:
        environment["HOME"] = home
    done = subprocess.run([sys.executable, "-c", PARENT], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == []


async def test_the_drawing_process_gets_none_of_the_bots_environment(temporary, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "secret-key")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    told = await Charts(SandboxClock(), TEXTS, module=DRAWER).draw(report_of(), {}, "environment", "en-US")
    assert b"secret" not in told
    seen = json.loads(told)
    ours = {"PYTHONPATH", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR", "HOME", "OPENBLAS_NUM_THREADS"}
    # Python itself sets LC_CTYPE where there is no locale.
    assert seen["variables"].keys() - {"LC_CTYPE"} <= ours | set(INHERITED)
    assert seen["variables"]["LD_LIBRARY_PATH"] == "/nowhere"
    assert seen["variables"]["HOME"] == seen["variables"]["MPLCONFIGDIR"]
    assert Path(seen["variables"]["HOME"]).parent == temporary
    assert seen["folder"] == []


async def test_a_process_past_its_time_is_killed_and_nothing_stays(temporary, hanging):
    clock = SandboxClock(scale=0)
    charts = Charts(clock, TEXTS, module=DRAWER)
    drawing = asyncio.create_task(charts.draw(report_of(use(1, 1)), {}, f"hang {hanging.port}", "en-US"))
    await hanging.started.wait()
    clock.advance(LIMIT_S)
    with pytest.raises(ChartFailed, match="longer than"):
        await drawing
    await hanging.ended.wait()
    assert list(temporary.iterdir()) == []


async def test_canceling_kills_the_process_and_lets_the_next_one_draw(temporary, hanging):
    charts = Charts(SandboxClock(), TEXTS, module=DRAWER)
    drawing = asyncio.create_task(charts.draw(report_of(use(1, 1)), {}, f"hang {hanging.port}", "en-US"))
    await hanging.started.wait()
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    await hanging.ended.wait()
    assert list(temporary.iterdir()) == []
    assert await charts.draw(report_of(use(1, 1)), {}, "environment", "en-US")


async def test_only_one_process_draws_at_a_time(hanging):
    charts = Charts(SandboxClock(), TEXTS, module=DRAWER)
    first = asyncio.create_task(charts.draw(report_of(), {}, f"hang {hanging.port}", "en-US"))
    await hanging.started.wait()
    second = asyncio.create_task(charts.draw(report_of(), {}, "environment", "en-US"))
    third = asyncio.create_task(Charts(SandboxClock(), TEXTS, module=DRAWER).draw(report_of(), {}, "fail", "en-US"))
    with pytest.raises(ChartFailed):
        await third
    assert not second.done()
    first.cancel()
    assert await second


async def test_a_failed_process_is_an_error_of_one_line(temporary):
    charts = Charts(SandboxClock(), TEXTS, module=DRAWER)
    with pytest.raises(ChartFailed, match=r"ended with 1: 'forged line'$"):
        await charts.draw(report_of(), {}, "fail", "en-US")
    assert list(temporary.iterdir()) == []


async def test_a_process_that_can_not_start_is_the_same_error(monkeypatch):
    monkeypatch.setattr(sys, "executable", os.fspath(ROOT / "no-such-python"))
    with pytest.raises(ChartFailed, match="can't run"):
        await Charts(SandboxClock(), TEXTS).draw(report_of(), {}, "x", "en-US")
