"""The command line."""

import asyncio
import logging
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import app, config, operator_cli
from bot.clock import SystemClock
from bot.config_values import MOST, MOST_ID
from bot.domain.books.doubtful_cost import number_of
from bot.errors import BotError, ConfigurationError

cli = typer.Typer(
    help="A Discord bot that turns /imagine into pictures.", no_args_is_help=True, pretty_exceptions_enable=False
)
ConfigPath = Annotated[Path, typer.Option("--config", help="The configuration file.")]
DEFAULT = Path("config.toml")
jobs = typer.Typer(help="What is in doubt, and the operator's word on it.", no_args_is_help=True)
ledger = typer.Typer(help="The books.", no_args_is_help=True)
cli.add_typer(jobs, name="jobs")
cli.add_typer(ledger, name="ledger")


@cli.command()
def run(path: ConfigPath = DEFAULT) -> None:
    """Run the bot until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(app.run_until_signal(config.load(path), SystemClock()))


@cli.command()
def check(
    online: Annotated[bool, typer.Option("--online", help="Ask the image service for the models, too.")] = False,
    path: ConfigPath = DEFAULT,
) -> None:
    """Check the configuration and this machine; change nothing."""
    loaded = config.load(path)
    loaded.check_places()
    app.check_sqlite()
    models = loaded.catalogue()
    typer.echo(f"{path} is complete: {number_of(len(models), 'model')}, SQLite {sqlite3.sqlite_version}.")
    if not online:
        typer.echo(f"Models, the default first: {', '.join(models)}.")
        typer.echo(operator_cli.comes_to(loaded.policy()))
    for line in loaded.remarks():
        typer.echo(line)
    if online:
        _say_offers(loaded, asyncio.run(operator_cli.offers(loaded, SystemClock())))


def _say_offers(loaded: config.Config, offers: operator_cli.Offers) -> None:
    """Say what of the models is offered; one that is not, or a key that is refused, is a fault, no answer is none."""
    for line in offers.listed:
        typer.echo(line)
    for line in offers.unclear:
        typer.echo(line, err=True)
    if offers.refuses_key:
        refused = "is refused by the image service; copy it anew, and use one of the region that base_url names"
        offers.absent.append(f"{loaded.whence('dashscope', 'api_key')}: {refused}")
    if offers.absent:
        raise ConfigurationError(offers.absent)
    if offers.unclear:
        sys.exit(1)


@cli.command()
def migrate(path: ConfigPath = DEFAULT) -> None:
    """Bring the database to this program's schema."""
    loaded = config.load(path, needs_secrets=False)
    asyncio.run(app.migrate(loaded, SystemClock()))
    typer.echo(f"{loaded.storage.file} is up to date.")


@jobs.command("in-doubt")
def in_doubt(path: ConfigPath = DEFAULT) -> None:
    """List the jobs of which it is not known what the vendor bills for them."""
    loaded = config.load(path, needs_secrets=False)
    for line in asyncio.run(operator_cli.list_doubts(loaded, SystemClock())):
        typer.echo(line)


@jobs.command()
def resolve(
    which: Annotated[str, typer.Argument(help="A job's number or id; or the id of a task that belongs to no job.")],
    billed: Annotated[int | None, typer.Option(min=0, max=MOST, help="How many images the vendor billed.")] = None,
    not_billed: Annotated[bool, typer.Option("--not-billed", help="The vendor billed nothing.")] = False,
    server: Annotated[
        int | None, typer.Option(min=1, max=MOST_ID, help="The server's id, if several have a job of this number.")
    ] = None,
    task: Annotated[str, typer.Option(help="The vendor's task that the job was, if you know it.")] = "",
    model: Annotated[str, typer.Option(help="The model of a task that belongs to no job.")] = "",
    path: ConfigPath = DEFAULT,
) -> None:
    """Correct the ledger to what the vendor's bill says of a job in doubt, or of a task that belongs to no job."""
    if (billed is not None) == not_billed:
        raise ConfigurationError(["jobs resolve: give either --billed N or --not-billed"])
    loaded = config.load(path, needs_secrets=False)
    word = operator_cli.Word(which, billed or 0, server, task, model)
    typer.echo(asyncio.run(operator_cli.resolve(loaded, SystemClock(), word)))


@ledger.command()
def verify(
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the vendor.")] = False,
    path: ConfigPath = DEFAULT,
) -> None:
    """Compare every balance with its rows, and the last 24 hours with what the vendor answers; 1 if they differ."""
    loaded = config.load(path, needs_secrets=False)
    if not offline and not loaded.dashscope.api_key.get_secret_value():
        raise ConfigurationError([f"{loaded.whence('dashscope', 'api_key')}: is empty; fill it in, or give --offline"])
    verdict = asyncio.run(operator_cli.verify(loaded, SystemClock(), offline=offline))
    for difference in verdict.differences:
        typer.echo(difference)
    typer.echo(f"{verdict.summary}{'' if verdict.differences else ' All agree.'}", err=True)
    if verdict.differences:
        sys.exit(1)


@cli.command()
def report(
    month: Annotated[str, typer.Option(help="Which month, such as 2026-11; otherwise this one.")] = "",
    path: ConfigPath = DEFAULT,
) -> None:
    """Show what the vendor bills for a month, what is left of cap and free tiers, and which servers used it."""
    loaded = config.load(path, needs_secrets=False)
    for line in asyncio.run(operator_cli.report(loaded, SystemClock(), month)):
        typer.echo(line)


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    path: ConfigPath = DEFAULT,
) -> None:
    """Copy the database to a file, while the bot runs or not."""
    typer.echo(operator_cli.back_up(config.load(path, needs_secrets=False), file, force=force))


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
