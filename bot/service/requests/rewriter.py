"""Has prompts rewritten by a text model before they are drawn: once for each interaction, at a cost with a limit."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.domain.requests import rewriting
from bot.domain.requests.model import Model
from bot.domain.requests.policy import Policy
from bot.domain.requests.request import clean, fits
from bot.domain.requests.rewriting import Fault, NewRewriting, PromptOffer, RewritingTerms, Written
from bot.domain.text import normalisation
from bot.domain.text.enhance import Enhance
from bot.errors import (
    AlreadyDone,
    AnswerWithheld,
    ContentRefused,
    ImageServiceError,
    InvalidRequest,
    OutcomeUnknown,
    OverQuota,
    Unavailable,
)
from bot.ports import Clock, Jobs, Rewritings, TextModel
from bot.service.requests.prompt_screening import PromptRefusedByService, PromptRefusedHere, Screening
from bot.service.requests.quotas import Quotas

log = logging.getLogger(__name__)

MOST_AT_ONCE = 4
"""Prompts of one member in one server: one that is being rewritten, and those that wait. At half a minute each, the
text model's time limit, the last one waits for two minutes; its interaction's token lives for a quarter of an hour."""

REFUSALS = {
    Fault.WAITING: "not-rewritten-waiting",
    Fault.LIMIT: "not-rewritten-limit",
    Fault.CAP: "over-cap",
    Fault.SERVICE: "not-rewritten-service",
    Fault.LOST: "not-rewritten-lost",
    Fault.LONG: "not-rewritten-long",
    Fault.WITHHELD: "not-rewritten-withheld",
    Fault.RULE: "not-rewritten-rule",
}
LIMITS = {REFUSALS[fault]: fault for fault in (Fault.LIMIT, Fault.CAP)}


class NotRewritten(Unavailable):
    """A prompt could not be rewritten; as it was written it can be drawn all the same."""

    def __init__(self, fault: Fault, **values: str | int) -> None:
        super().__init__(REFUSALS[fault], **values)
        self.fault = fault


class Rewriter:
    """Rewrites prompts, if the operator has it so, and sees to it that what that may cost does not stay open."""

    def __init__(
        self,
        *,
        text_model: TextModel | None,
        rewritings: Rewritings,
        jobs: Jobs,
        screening: Screening,
        quotas: Quotas,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._text_model = text_model
        self._rewritings = rewritings
        self._jobs = jobs
        self._screening = screening
        self._quotas = quotas
        self._policy = policy
        self._clock = clock
        self._under_way: set[int] = set()
        self._turns = WeakValueDictionary[tuple[int, int], asyncio.Lock]()
        self._at_once = Counter[tuple[int, int]]()

    @property
    def is_on(self) -> bool:
        """Whether prompts are rewritten at all."""
        return self._text_model is not None and self._policy.rewriting is not None

    def is_crowded(self, interaction_id: int, server_id: int, member_id: int) -> bool:
        """Whether so many of a member's prompts in a server are being rewritten, or wait, that no more is to wait.

        Raises:
            AlreadyDone: if the prompt is one of these: Discord delivered its interaction a second time.
        """
        self._require_new(interaction_id)
        return self._at_once[server_id, member_id] >= MOST_AT_ONCE

    @asynccontextmanager
    async def turn(self, interaction_id: int, server_id: int, member_id: int) -> AsyncGenerator[None]:
        """Wait until none of a member's prompts is being rewritten in a server; the next waits until this is left.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        self._require_new(interaction_id)
        self._under_way.add(interaction_id)
        self._at_once[server_id, member_id] += 1
        try:
            async with self._turns.setdefault((server_id, member_id), asyncio.Lock()):
                yield
        finally:
            self._under_way.discard(interaction_id)
            # Whoever has none any more is dropped.
            self._at_once -= Counter([(server_id, member_id)])

    def _require_new(self, interaction_id: int) -> None:
        if interaction_id in self._under_way:
            raise AlreadyDone(interaction_id)

    async def rewrite(
        self, prompt: str, kind: Enhance, model: Model, *, interaction_id: int, server_id: int, member_id: int
    ) -> str:
        """Return a prompt as the text model rewrote it, fit to be drawn; it is its member's turn.

        Args:
            prompt: that the server's rules allow.
            kind: what is wished for.
            model: that is to draw it.
            interaction_id: by which it is asked for; becomes the rewriting's id.
            server_id: where.
            member_id: the Discord id of who asks.

        Raises:
            InvalidRequest: ``rewriting-off`` if nothing is rewritten here.
            AlreadyDone: if Discord delivered the interaction a second time.
            PromptRefusedByService: if the image service refuses the prompt for what it says.
            NotRewritten: if the original is to do.
            MemberError: if the member is kept out.
        """
        terms = self._policy.rewriting
        if self._text_model is None or terms is None:
            raise InvalidRequest("rewriting-off")
        instruction = rewriting.instruction_for(kind, model.prompt_limit)
        most_micros = terms.most_cost(instruction, prompt)
        new = NewRewriting(interaction_id, server_id, member_id, kind, terms.model, most_micros)
        await self._begin(new, terms)
        written = await self._written(self._text_model, new, instruction, prompt)
        await self._rewritings.settle(new.id, written, terms.cost(written.tokens_in, written.tokens_out))
        return await self._fit(written, model, server_id)

    async def offer(self, offer: PromptOffer) -> None:
        """Keep a rewritten prompt, for its member to have it drawn."""
        await self._rewritings.offer(offer)

    async def offered(self, offer_id: int) -> PromptOffer | None:
        """Return a rewritten prompt that can be drawn; None if it was, or its time is over."""
        return await self._rewritings.offered(offer_id)

    async def tidy(self) -> None:
        """Doubt what an earlier run of the program left open, and forget the prompts that nobody had drawn."""
        left = [one for one in await self._rewritings.open_ids() if one not in self._under_way]
        for rewriting_id in left:
            log.warning("rewriting %s: its answer is lost, and may be billed", rewriting_id)
            await self._rewritings.doubt(rewriting_id)
        await self._rewritings.expire_offers()

    async def _begin(self, new: NewRewriting, terms: RewritingTerms) -> None:
        try:
            await self._rewritings.begin(new, daily=terms.daily, terms=self._quotas.terms())
        except OverQuota as refusal:
            raise NotRewritten(LIMITS[refusal.key], **refusal.values) from refusal

    async def _written(self, text_model: TextModel, new: NewRewriting, instruction: str, prompt: str) -> Written:
        try:
            return await text_model.write(instruction, prompt)
        except OutcomeUnknown as error:
            log.warning("rewriting %s: its answer is lost, and may be billed: %s", new.id, error.code)
            await self._rewritings.doubt(new.id)
            raise NotRewritten(Fault.LOST) from error
        except ContentRefused as error:
            await self._rewritings.void(new.id)
            refusal = PromptRefusedByService()
            refusal.count(await self._jobs.record_refusal(new.server_id, new.member_id, refusal.key))
            raise refusal from error
        except AnswerWithheld as error:
            # It was written, and no page says that this is free; a member who tries it again and again meets the limit.
            log.info("rewriting %s: what was written is withheld, and may be billed: %s", new.id, error.code)
            await self._rewritings.doubt(new.id)
            raise NotRewritten(Fault.WITHHELD) from error
        except ImageServiceError as error:
            log.warning("rewriting %s: %s does not rewrite: %s", new.id, new.model, error.code)
            await self._rewritings.void(new.id)
            raise NotRewritten(Fault.SERVICE) from error

    async def _fit(self, written: Written, model: Model, server_id: int) -> str:
        """Return what was written, if it can be drawn."""
        prompt = clean(written.text)
        if not written.is_whole or not fits(prompt, model):
            raise NotRewritten(Fault.LONG)
        if normalisation.is_blank(prompt):
            raise NotRewritten(Fault.SERVICE)
        try:
            await self._screening.check(server_id, prompt)
        except PromptRefusedHere as refusal:
            # The member did not write it: it counts nothing, and they need not know the rule.
            raise NotRewritten(Fault.RULE) from refusal
        return prompt
