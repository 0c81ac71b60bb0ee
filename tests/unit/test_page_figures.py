"""Figures that pages for people name, held against the values that the program goes by."""

import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from bot import app, connection, registration
from bot.config import Config
from bot.domain.jobs import lane
from bot.domain.pictures import extent, inputs, raster
from bot.domain.requests import listing, references, refused_prompts
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Model
from bot.domain.requests.prices import price_range
from bot.domain.requests.vendor_regions import FREE_TIER_IMAGES, VendorRegion, priced_in
from bot.domain.time import waits
from bot.presentation.jobs import presenter
from bot.presentation.kit import retrying
from bot.presentation.log import feed
from bot.presentation.notices import messenger
from bot.presentation.privacy import message_deletion
from bot.presentation.requests import reply_recovery
from bot.presentation.servers import presence
from bot.service.delivery import remover
from bot.service.kit import alarm
from bot.service.upkeep import figures, sweeper, verifier
from bot.service.vendor import collector, dispatcher, listing_check
from bot.storage.jobs import lanes
from bot.storage.privacy import erasure
from bot.storage.privacy import privacy as privacy_store

ROOT = Path(__file__).parents[2]
WORDS = dict(enumerate("no one two three four five six seven eight nine ten eleven twelve".split()))  # noqa: SIM905
DEFAULTS = Config()
CNY = 1_000_000
"""Micro-yuan."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)
"""Those that README names."""


def minutes(seconds: float) -> str:
    return WORDS[round(seconds / 60)]


def architecture() -> Iterator[str]:
    """Return the phrases of docs/architecture.md that have a figure in them."""
    yield f"fails {WORDS[alarm.KEEPS_FAILING]} times in a row"
    yield f"there is none ahead for {minutes(lanes.NO_AHEAD_MS / 1000)} minutes"
    yield f"A doubt takes a place for {minutes(lanes.DOUBT_HOLDS_MS / 1000)} minutes at most"
    yield f"then every {lane.PROBE_DELAYS_S[-1] // 60} minutes, until one is taken"
    yield f"{WORDS[round(presenter.EDIT_EVERY_S)]} seconds"
    yield f"at growing intervals, {minutes(waits.LONGEST_RETRY_S)} minutes at most"
    yield f"every {minutes(presenter.CATCH_UP_EVERY_S)} minutes, {WORDS[presenter.AT_ONCE]}"
    yield f"| `PatientShard` | 1 s to {'a minute' if connection.LONGEST_WAIT_S == 60 else '?'} apart |"
    first, longest = registration.FIRST_RETRY_S, registration.LONGEST_RETRY_S
    yield f"| `CommandRegistration` | {first / 60:g} minute to {'an hour' if longest == 3600 else '?'} apart |"
    yield (
        f"| `Presenter` | every {presenter.CATCH_UP_EVERY_S / 60:g} minutes; after failures "
        f"{presenter.FIRST_DELAY_S:g} s to {waits.LONGEST_RETRY_S / 60:g} minutes apart |"
    )
    locked = "every hour" if message_deletion.LOCKED_AGAIN_S == 3600 else "?"
    yield f"| messages of forgotten members | `MessageDeletion` | the same; in a locked thread {locked} |"
    yield f"| `ReplyRecovery` | every {reply_recovery.ROUND_S:g} s |"
    assert messenger.LOOK_EVERY_S == feed.LOOK_EVERY_S
    yield f"| `Messenger`, `Feed` | every {feed.LOOK_EVERY_S:g} s; after failures {retrying.FIRST_DELAY_S:g} s to"
    yield f"| `Sweeper`, which begins what nobody is at | every {sweeper.ROUND_S:g} s |"
    assert (listing_check.EVERY_S, listing_check.AGAIN_S) == (24 * 3600, 3600)
    yield "| `ListingCheck` | at the start and every day; where nobody gave a clear answer every hour |"
    warned, last = listing.WARNED_DAYS, WORDS[listing.LAST_DAYS]
    yield f"at most {'thirty' if warned == 30 else '?'} days ahead, and once more in the last {last} days"
    yield f"| `Presence` | every {presence.LOOK_EVERY_S / 60:g} minutes |"
    yield f"A fault of our own is tried {WORDS[retrying.FAULTY_ATTEMPTS]} times"
    yield f"a ping after {WORDS[messenger.PING_LASTS_MS // 3_600_000]} hours"
    yield f"creates leave {'a quarter' if lane.PACE_MARGIN == 1.25 else '?'} slower than `create_rate`"
    many, within = WORDS[refused_prompts.TOLERATED], minutes(refused_prompts.WINDOW_MS / 1000)
    yield f"refused {many} times within {within} minutes"
    yield f"waits for {minutes(refused_prompts.WAIT_MS / 1000)} minutes"
    yield f"answer is tried {WORDS[collector.MOST_REFUSALS]} times, over minutes"
    yield f"one message in {WORDS[round(feed.EVERY_S)]} seconds"
    yield f"give a create in flight {app.CREATE_GRACE_S:g} seconds"
    yield f"held up for {'half a minute' if dispatcher.LONGEST_HANDOVER_MS == 30_000 else '?'}"
    yield f"when a model refuses {WORDS[dispatcher.MANY_REFUSED]} members in a row"
    yield f"once they are {minutes(remover.ENDS_WITHIN_S)} minutes old"
    yield f"waits for longer than {'an hour' if sweeper.STOPPED_TOO_LONG_S == 3600 else '?'} in a stopped lane"
    yield f"one is tried after {', '.join(str(s // 60) for s in lane.PROBE_DELAYS_S[:-1])} and"


def readme() -> Iterator[str]:
    """Return the phrases of README.md that have a figure in them."""
    for name, model in BUILT_IN.items():
        mark = " (default)" if name == next(iter(BUILT_IN)) else ""
        there = priced_in(VendorRegion.SINGAPORE, model)
        prices = f"{_prices(model, 2)} | {_prices(there, 6) if there else '-'}"
        limit = f"{model.prompt_limit}{' tokens' if model.counts_word_pieces else ''}"
        yield f"| `{name}`{mark} | {prices} | {FREE_TIER_IMAGES[name]} | {limit} |"
    quota, pool = DEFAULTS.quota, DEFAULTS.servers.pool
    assert pool is not None
    assert quota.operator_cap is not None
    yield f"| `quota.free_images`, `quota.period` | {quota.free_images} a {quota.period} |"
    yield f"| `quota.budget` | {quota.budget // CNY} CNY |"
    yield f"| `servers.pool` | {pool // CNY} CNY |"
    yield f"| `quota.operator_cap` | {quota.operator_cap // CNY} CNY |"
    yield f"The default is {quota.operator_cap // CNY} CNY"
    yield f"| `quota.images_per_job` | {quota.images_per_job} |"
    yield f"| `quota.active_jobs` | {quota.active_jobs} |"
    yield f"| `quota.cooldown` | {round(quota.cooldown)} |"
    default = next(iter(BUILT_IN.values()))
    yield f"a server gets {pool // default.price_micros} pictures"
    yield f"you are told {listing.WARNED_DAYS} days ahead"
    yield f"if it took longer than {minutes(DEFAULTS.queue.ping_after)} minutes"
    many, within = WORDS[refused_prompts.TOLERATED], minutes(refused_prompts.WINDOW_MS / 1000)
    yield f"refused {many} times within {within} minutes waits for {minutes(refused_prompts.WAIT_MS / 1000)}"
    yield f"&permissions={PERMISSIONS.value} "
    own, shared, megabytes = references.MOST_OWN, references.MOST_SHARED, references.SERVER_BYTES // 2**20
    yield f"`/reference add name picture` keeps up to {WORDS[references.KEPT.most]} pictures under a name"
    yield f"A member keeps {own} such references, a server {shared}, and all in a server together have {megabytes} MB"


def example() -> Iterator[str]:
    """Return the phrases of config.example.toml that have a figure in them."""
    enabled = [name for name, model in BUILT_IN.items() if model.is_offered]
    yield f"{WORDS[len(enabled)].capitalize()} are built in"
    yield f"{WORDS[len(BUILT_IN) - len(enabled)].capitalize()} more are"


def _prices(model: Model, digits: int) -> str:
    return " to ".join(f"{micros / CNY:.{digits}f}" for micros in sorted(set(price_range(model))))


def operating() -> Iterator[str]:
    """Return the phrases of docs/operating.md that have a figure in them."""
    yield f"at most {figures.EVERY_S:g} seconds old"
    yield f"{WORDS[round(1 / verifier.PACE_S)]} questions a second"
    yield f"at most {listing.WARNED_DAYS} days ahead, and again in the last {listing.LAST_DAYS}"
    yield f"{references.SERVER_BYTES // 2**20} MB in each server at most (`bot/domain/requests/references.py`)"


def pictures_in() -> Iterator[str]:
    """Return the phrases of the decision on pictures that come in that have a figure in them."""
    yield f"more than {raster.PIXEL_CAP // 1_000_000} million pixels"
    yield f"more than {'a hundred' if extent.MOST_SCANS == 100 else '?'} scans"
    yield f"a data URI of at most {inputs.DATA_URI_MAX_BYTES // 2**20} MB"


def privacy() -> Iterator[str]:
    """Return the phrases of docs/privacy.md that have a figure in them."""
    yield f"`storage.keep_prompts_days` ({DEFAULTS.storage.keep_prompts_days})"
    yield f"`storage.keep_images_days` ({DEFAULTS.storage.keep_images_days})"
    pace = "one" if message_deletion.PACE_S == 1 else "?"
    yield f"of the newest {erasure.MOST_MESSAGES} requests) are deleted about {pace} a second"
    yield f"one every {WORDS[round(feed.EVERY_S)]} seconds"
    yield f"A file over {privacy_store.MOST_SCRUBBED_BYTES // 2**20} MB is left alone"


PHRASES = [
    *(("docs/architecture.md", phrase) for phrase in architecture()),
    *(("README.md", phrase) for phrase in readme()),
    *(("docs/privacy.md", phrase) for phrase in privacy()),
    *(("docs/operating.md", phrase) for phrase in operating()),
    *(("docs/adr/0016-pictures-in.md", phrase) for phrase in pictures_in()),
    *(("config.example.toml", phrase) for phrase in example()),
]


@pytest.mark.parametrize(("page", "phrase"), PHRASES)
def test_a_page_says_what_the_program_goes_by(page: str, phrase: str):
    text = re.sub(r"\s+(# )?", " ", (ROOT / page).read_text(encoding="utf-8"))
    assert phrase in text
