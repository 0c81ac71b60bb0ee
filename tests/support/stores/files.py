"""A database's file as another program opens it."""

import sqlite3
from pathlib import Path


def on_file(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Run a statement on the file, and give its rows."""
    beside = sqlite3.connect(path)
    try:
        with beside:
            return beside.execute(sql).fetchall()
    finally:
        beside.close()
