"""Where a member stands, in words."""

from collections.abc import Mapping

from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import Model
from bot.domain.requests.prices import price_range
from bot.domain.requests.quota import Standing
from bot.presentation.jobs.cards import title_key
from bot.presentation.jobs.job_copy import is_linked, link_to
from bot.presentation.kit.names import on_one_line
from bot.presentation.kit.texts import Markup, Phrases, Texts
from bot.presentation.servers.quota_texts import QuotaTexts

PROMPT_SHOWN, NAME_SHOWN = 40, 40
"""Code units of a prompt, and of a server's name, in a list, so that a page fits in one message."""


class AccountTexts(Phrases):
    """Says in a member's language what is left, what it costs and where it went."""

    def __init__(self, texts: Texts, locale: str) -> None:
        super().__init__(texts, locale)
        self._quotas = QuotaTexts(texts, locale)

    def balance(self, standing: Standing, catalogue: Catalogue, jobs: list[Job]) -> str:
        """Return what is left, the limits, the prices and the last receipts."""
        rule = standing.terms.rule
        limits = self._say("balance-limits", images=rule.images_per_job, jobs=rule.active_jobs, seconds=rule.cooldown_s)
        lines = [self._say("balance-heading"), *self._quotas.left(standing), limits, "", self._say("balance-prices")]
        lines += map(self._price, catalogue.values())
        if jobs:
            lines += ["", self._say("balance-receipts"), *(self._quotas.receipt(job) for job in jobs)]
        return "\n".join(lines)

    def _price(self, model: Model) -> str:
        least, most = price_range(model)
        price = self._texts.price(self._locale, least, most, model.input_price_micros)
        return self._say("balance-price" if least == most else "balance-price-varies", model=model.name, price=price)

    def history(self, jobs: list[Job], *, is_first: bool, servers: Mapping[int, str] | None = None) -> str:
        """Return a page of jobs, one a line, each with a link to its message where there is one.

        Args:
            jobs: of the page.
            is_first: it is the one with the newest.
            servers: names of those that the bot is in, by id, where jobs of several are shown; None: all are of one.
        """
        if not jobs:
            return self._say("history-nothing" if is_first else "history-end")
        return "\n".join([self._say("history-heading"), *(self._job(job, servers) for job in jobs)])

    def _job(self, job: Job, servers: Mapping[int, str] | None) -> str:
        line = self._line(job)
        if servers is None:
            return line
        name = on_one_line(servers.get(job.server_id, "")) or self._texts.plain(self._locale, "history-server-left")
        return self._say(
            "history-there", line=Markup(line), server=self._texts.cut_plain(self._locale, name, NAME_SHOWN)
        )

    def _line(self, job: Job) -> str:
        if job.deleted_ms:
            status = self._say("title-removing" if job.still_stands else "title-removed")
            return self._say("history-removed", number=job.number, at_ms=job.created_ms, status=Markup(status))
        status = self._say(title_key(job, job.state), images=max(1, len(job.kept)))
        prompt = self._texts.cut(self._locale, " ".join(job.request.typed_prompt.split()), PROMPT_SHOWN)
        prompt = prompt or self._say("log-no-prompt")
        values = {"number": job.number, "at_ms": job.created_ms, "status": Markup(status), "prompt": Markup(prompt)}
        if is_linked(job):
            return self._say("history-open", link=Markup(link_to(job)), **values)
        return self._say("history-line", **values)
