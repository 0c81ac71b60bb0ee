"""Configuration as somebody writes it, and what is said of its faults."""

from pathlib import Path

import pytest

from bot.config import load
from bot.errors import ConfigurationError

SECRETS = {"DISCORD_TOKEN": "token-of-the-test", "DASHSCOPE_API_KEY": "sk-of-the-test"}


def faults_of(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    """Load a file with this text, and give the faults that are named."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load(file, SECRETS if environment is None else environment)
    return list(raised.value.faults)
