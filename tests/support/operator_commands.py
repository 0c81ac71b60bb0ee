"""The operator's commands as processes of their own, as from a terminal."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "sk-sandbox"


async def command(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run a command; give its exit code and what it said, which never holds a traceback or the key."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "DASHSCOPE_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments, "--config", str(folder / "config.toml")),
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, errors = (said.decode() for said in await process.communicate())
    assert process.returncode is not None
    assert "Traceback" not in errors
    assert KEY not in out + errors
    return process.returncode, out, errors


def write_config(folder: Path, base_url: str = "http://127.0.0.1:1/api/v1") -> None:
    (folder / "config.toml").write_text(
        f"""
        [dashscope]
        api_key = "{KEY}"
        base_url = "{base_url}"
        [storage]
        database = "{folder}/imagine.db"
        images = "{folder}/images"
        """
    )
