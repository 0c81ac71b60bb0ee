import re
import socket
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.books.figures import Figures
from bot.errors import AddressTaken
from bot.health import serve
from bot.metrics import Metrics

FIGURES = Figures(
    {("turbo", "queued"): 3, ("turbo", "held"): 1, ("turbo", "delivered"): 7, ("gone", "failed"): 2},
    {"plus": "ModelNotFound"},
    billed_micros=1_400_000,
    doubtful_micros=140_000,
    open_micros=560_000,
    cap_micros=50_000_000,
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def no_metrics() -> bytes:
    return b""


async def test_health_says_what_is_wrong():
    wrong = "not connected to Discord"

    async def trouble() -> str:
        return wrong

    port = free_port()
    async with (
        serve(f"127.0.0.1:{port}", trouble=trouble, metrics=no_metrics),
        aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as session,
    ):
        async with session.get("/healthz") as down:
            assert (down.status, await down.text()) == (503, "not connected to Discord\n")
        wrong = ""
        async with session.get("/healthz") as up:
            assert (up.status, await up.text()) == (200, "ok\n")
        with pytest.raises(AddressTaken, match=r"http\.bind"):
            async with serve(f"127.0.0.1:{port}", trouble=trouble, metrics=no_metrics):
                raise AssertionError


def values(page: bytes) -> dict[tuple[str, ...], float]:
    """Each sample by its name and labels."""
    return {
        (sample.name, *(f"{key}={value}" for key, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


def test_the_page_has_jobs_queue_lanes_bill_and_cap():
    page = Metrics(["turbo", "plus"]).page(FIGURES, healthy=True)
    shown = values(page)
    assert shown["imagine_jobs", "model=turbo", "state=delivered"] == 7
    assert shown["imagine_jobs", "model=gone", "state=failed"] == 2
    assert (shown["imagine_queue_jobs", "model=turbo"], shown["imagine_queue_jobs", "model=plus"]) == (4, 0)
    assert (shown["imagine_lane_stopped", "model=turbo"], shown["imagine_lane_stopped", "model=plus"]) == (0, 1)
    assert (shown["imagine_bill_cny", "certainty=certain"], shown["imagine_bill_cny", "certainty=doubtful"]) == (
        1.4,
        0.14,
    )
    assert (shown["imagine_cap_cny",], shown["imagine_cap_left_cny",]) == (50, 47.9)
    assert shown["imagine_healthy",] == 1
    text = page.decode()
    for name, kind in (("jobs", "gauge"), ("ack_seconds", "histogram"), ("discord_rate_limited_total", "counter")):
        assert f"# HELP imagine_{name} " in text
        assert f"# TYPE imagine_{name} {kind}" in text


def test_a_stopped_account_stops_every_lane_and_without_a_cap_none_is_shown():
    figures = Figures({}, {"*": "Arrearage"}, billed_micros=0, doubtful_micros=0, open_micros=0, cap_micros=None)
    shown = values(Metrics(["turbo"]).page(figures, healthy=True))
    assert shown["imagine_lane_stopped", "model=turbo"] == 1
    assert not [key for key in shown if key[0].startswith("imagine_cap")]
    assert figures.left_micros is None


def test_what_can_not_be_read_is_not_shown_as_it_was_and_what_is_counted_goes_on():
    metrics = Metrics(["turbo"])
    metrics.page(FIGURES, healthy=True)
    metrics.took("create", 0.3, "turbo")
    metrics.rate_limited("shared")
    shown = values(metrics.page(None, healthy=False))
    assert not [key for key in shown if key[0] in {"imagine_jobs", "imagine_bill_cny", "imagine_cap_left_cny"}]
    assert shown["imagine_healthy",] == 0
    assert shown["imagine_create_seconds_count", "model=turbo"] == 1
    assert shown["imagine_create_seconds_bucket", "le=0.25", "model=turbo"] == 0
    assert shown["imagine_create_seconds_bucket", "le=0.5", "model=turbo"] == 1
    assert shown["imagine_discord_rate_limited_total", "scope=shared"] == 1


def test_the_page_on_operating_names_every_metric():
    page = Metrics(["turbo"]).page(FIGURES, healthy=True).decode()
    served = {f.name if f.type != "counter" else f"{f.name}_total" for f in text_string_to_metric_families(page)}
    table = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    named = {name for row in re.findall(r"^\| (`imagine_[^|]*) \|", table, re.MULTILINE) for name in row.split("`")}
    assert {name for name in served if name.startswith("imagine_") and not name.endswith("_created")} == {
        name for name in named if "_" in name
    }
