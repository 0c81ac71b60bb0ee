"""What the bot measures, in Prometheus' terms."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.books.figures import Figures
from bot.domain.jobs.job import WAITING
from bot.domain.money import MICROS_PER_CNY
from bot.ports import Step

BUCKETS: dict[Step, tuple[float, ...]] = {
    "ack": (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 15),
    "create": (0.1, 0.25, 0.5, 1, 2, 5, 15, 60),
    "call": (2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 600),
    "notice": (0.5, 1, 2, 3, 5, 10, 30, 60),
    "edit": (0.1, 0.25, 0.5, 1, 2, 5, 15, 45, 120),
}
HISTOGRAMS: dict[Step, tuple[str, str]] = {
    "ack": (
        "imagine_ack_seconds",
        "From an interaction's arrival to its card; Discord allows three seconds to the first answer",
    ),
    "create": ("imagine_create_seconds", "A create at the image service, until its answer or its failure"),
    "call": ("imagine_call_seconds", "A create that is answered with the pictures, until its answer or its failure"),
    "notice": ("imagine_notice_seconds", "How late at most the end of a task was noticed"),
    "edit": ("imagine_edit_seconds", "One edit of a job's message, until its answer or its failure"),
}
"""What each step's histogram is called and says."""


class Metrics(Collector):
    """A registry of one running bot. Satisfies ``bot.ports.Meter``.

    Args:
        models: of the catalogue; each has its rows from the start.
    """

    def __init__(self, models: Iterable[str]) -> None:
        self._registry = CollectorRegistry()
        self._models = tuple(models)
        self._took = {
            step: Histogram(name, text, ["model"], registry=self._registry, buckets=BUCKETS[step])
            for step, (name, text) in HISTOGRAMS.items()
        }
        self._rate_limited = Counter(
            "imagine_discord_rate_limited",
            "Requests that Discord answered with 429",
            ["scope"],
            registry=self._registry,
        )
        self._figures: Figures | None = None
        self._is_healthy = False
        self._registry.register(self)
        for model in self._models:
            for step in self._took.values():
                step.labels(model)

    def took(self, step: Step, seconds: float, model: str) -> None:
        """Take note of how long a step took."""
        self._took[step].labels(model).observe(seconds)

    def rate_limited(self, scope: str) -> None:
        """Take note of a 429; ``scope`` is Discord's word for whose limit it was."""
        self._rate_limited.labels(scope).inc()

    def page(self, figures: Figures | None, *, healthy: bool) -> bytes:
        """Return everything in Prometheus' text format.

        Args:
            figures: how things stand; None where nobody can tell: then only what this process counts is there.
            healthy: whether all is well.
        """
        self._figures, self._is_healthy = figures, healthy
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Return the figures; what is not known is absent. For the registry."""
        healthy = GaugeMetricFamily("imagine_healthy", "1 as long as /healthz says ok")
        healthy.add_metric([], int(self._is_healthy))
        yield healthy
        if self._figures is not None:
            yield from self._lanes(self._figures)
            yield from self._money(self._figures)

    def _lanes(self, figures: Figures) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("imagine_jobs", "Jobs, the ended ones included", labels=["model", "state"])
        for (model, state), count in figures.jobs.items():
            jobs.add_metric([model, state], count)
        queue = GaugeMetricFamily("imagine_queue_jobs", "Jobs that wait for their lane", labels=["model"])
        stopped = GaugeMetricFamily(
            "imagine_lane_stopped", "1 while the image service refuses a model or the account", labels=["model"]
        )
        for model in self._models:
            queue.add_metric([model], sum(figures.jobs.get((model, state), 0) for state in WAITING))
            stopped.add_metric([model], int(bool(figures.stop_of(model))))
        yield from (jobs, queue, stopped)

    def _money(self, figures: Figures) -> Iterator[Metric]:
        bill = GaugeMetricFamily(
            "imagine_bill_cny", "What the vendor bills for this month, and may bill beside it", labels=["certainty"]
        )
        bill.add_metric(["certain"], figures.billed_micros / MICROS_PER_CNY)
        bill.add_metric(["doubtful"], figures.doubtful_micros / MICROS_PER_CNY)
        yield bill
        if figures.cap_micros is not None and figures.left_micros is not None:
            yield GaugeMetricFamily("imagine_cap_cny", "The month's cap", figures.cap_micros / MICROS_PER_CNY)
            yield GaugeMetricFamily(
                "imagine_cap_left_cny", "What a new request finds of it", figures.left_micros / MICROS_PER_CNY
            )
