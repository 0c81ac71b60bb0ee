"""The command line."""

import asyncio
import logging
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import app, config
from bot.clock import SystemClock
from bot.errors import BotError, ConfigurationError

cli = typer.Typer(
    help="A Discord bot that turns /imagine into pictures.", no_args_is_help=True, pretty_exceptions_enable=False
)
ConfigPath = Annotated[Path, typer.Option("--config", help="The configuration file.")]
DEFAULT = Path("config.toml")


@cli.command()
def run(path: ConfigPath = DEFAULT) -> None:
    """Run the bot until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(app.run_until_signal(config.load(path), SystemClock()))


@cli.command()
def check(path: ConfigPath = DEFAULT) -> None:
    """Check the configuration and this machine; change nothing."""
    loaded = config.load(path)
    app.check_sqlite()
    typer.echo(f"{path} is complete: {len(loaded.catalogue())} models, SQLite {sqlite3.sqlite_version}.")


@cli.command()
def migrate(path: ConfigPath = DEFAULT) -> None:
    """Bring the database to this program's schema."""
    loaded = config.load(path, needs_secrets=False)
    asyncio.run(app.migrate(loaded))
    typer.echo(f"{loaded.storage.file} is up to date.")


def main() -> None:
    """Run a command; whatever goes wrong is said in a sentence and told by the exit code."""
    try:
        cli(standalone_mode=True)
    except ConfigurationError as error:
        for fault in error.faults:
            typer.echo(fault, err=True)
        sys.exit(2)
    except BotError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
