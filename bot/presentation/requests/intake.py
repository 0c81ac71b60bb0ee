"""From an /imagine to its first response, within Discord's three seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from functools import partial

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.request import Options
from bot.errors import NotPermitted, OverQuota, PriceNotAgreed, StorageUnavailable
from bot.ports import Clock, Meter
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.kit.answers import AnyInteraction, think
from bot.presentation.kit.discord_errors import (
    ALREADY_ACKNOWLEDGED,
    briefly,
)
from bot.presentation.kit.limits import ANSWER_WITHIN_S
from bot.presentation.kit.members import server_owner_id
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S
from bot.presentation.kit.texts import Texts
from bot.presentation.requests.asker import asker_of, require_permissions
from bot.presentation.requests.first_response import ANOTHER_DEFERRED, AnswerRefused, FirstResponse, Held
from bot.presentation.requests.price_question import PriceQuestion
from bot.presentation.requests.wanted import Wanted
from bot.service.kit.metering import UNMETERED
from bot.service.requests.asker import Asker
from bot.service.requests.declined import Alternatives
from bot.service.requests.submitter import Submitter

log = logging.getLogger(__name__)

DEFER_AFTER_S = ANSWER_WITHIN_S - 1
"""What takes longer than this asks for time, which is an answer, too."""


Submit = Callable[[Asker], Awaitable[Job]]
Prepare = Callable[[], Awaitable[Submit]]
"""Reads what decides how a request is submitted: while it may be deferred already, since storage may be slow."""


class Intake:
    """Takes requests: what the bot may do here, the hold, the first response, the queue."""

    def __init__(
        self,
        *,
        submitter: Submitter,
        alternatives: Alternatives,
        presenter: Presenter,
        texts: Texts,
        clock: Clock,
        meter: Meter = UNMETERED,
    ) -> None:
        self._meter = meter
        self._submitter = submitter
        self._alternatives = alternatives
        self._presenter = presenter
        self._texts = texts
        self._clock = clock
        self._question = PriceQuestion(texts, clock)
        self._response = FirstResponse(submitter, presenter, clock)
        self._holding: set[asyncio.Task[Held | None]] = set()
        self._answering: set[int] = set()

    def is_answering(self, job_id: int) -> bool:
        """Whether the first response of a held job is being sent, or looked for, at this moment."""
        return job_id in self._answering

    async def take(self, interaction: AnyInteraction, options: Options) -> None:
        """Hold a job for a request, answer it, and queue the job once Discord shows the answer.

        Raises:
            MemberError: if nothing was held, saying why.
            StorageUnavailable: if nothing was held, because storage can't.
        """

        async def known() -> Options:
            return options

        wanted = Wanted(options.prompt, bool(options.private), preferred_by=interaction.user.id)
        await self._take_read(interaction, known, options.private, wanted)

    async def take_form(
        self,
        interaction: AnyInteraction,
        read: Callable[[], Awaitable[Options]],
        *,
        private: bool | None = None,
        prefers: bool = True,
    ) -> None:
        """Do the same for what was kept, which it takes time to read; what ``read`` raises is raised.

        Args:
            interaction: that asks for it.
            read: returns what was kept.
            private: whether its member alone is to see the answer, which is known before it is read; None: no wish.
            prefers: where there is no wish, it is as its member prefers.
        """
        wanted = Wanted(is_private=bool(private), preferred_by=interaction.user.id if prefers else 0)
        await self._take_read(interaction, read, private, wanted)

    async def _take_read(
        self, interaction: AnyInteraction, read: Callable[[], Awaitable[Options]], wish: bool | None, wanted: Wanted
    ) -> None:
        if interaction.guild_id is None:
            raise NotPermitted("guild-only")
        server_id = interaction.guild_id

        async def prepare() -> Submit:
            is_private = await self._submitter.is_private(wish, server_id, wanted.preferred_by)
            self._note_privacy(interaction, wanted, is_private=is_private)
            options = await read()
            wanted.prompt = options.prompt
            return partial(self._submit, replace(options, private=is_private))

        await self._take(interaction, prepare, wanted)

    async def _submit(self, options: Options, asker: Asker) -> Job:
        try:
            return await self._submitter.submit(options, asker)
        except OverQuota as refusal:
            raise await self._alternatives.refusal(refusal, options, asker) from None

    async def models(self, interaction: AnyInteraction, *, take_pictures: bool = False) -> Catalogue:
        """Return the models that may be used where somebody types: that draw from words, or that take pictures in.

        The first is the default of who types. They may be none.
        """
        server_id, member_id = interaction.guild_id or 0, interaction.user.id
        return await self._submitter.models(server_id, take_pictures=take_pictures, member_id=member_id)

    async def editing_models(self, interaction: AnyInteraction) -> Catalogue:
        """Return the models that take pictures in where somebody is about to be asked what is to change.

        Raises:
            MemberError: if pictures can't be edited here, saying why.
        """
        asker = asker_of(interaction, await server_owner_id(interaction, self._clock))
        return await self._submitter.editing_models(asker)

    async def agree(
        self, interaction: AnyInteraction, offer_id: int, turn: AbstractAsyncContextManager[object] | None = None
    ) -> None:
        """Go on with a request whose price its member agreed to, or whose region they chose, by a button; as ``take``.

        Args:
            interaction: the press.
            offer_id: what is agreed to.
            turn: is held while the question is closed; None: nothing else changes it.

        Raises:
            MemberError: if nothing was held, saying why.
            StorageUnavailable: if nothing was held, because storage can't.
        """
        wanted = Wanted()
        asker = asker_of(interaction, 0)

        async def prepare() -> Submit:
            wanted.kept = kept = await self._submitter.kept(offer_id, asker)
            wanted.prompt = kept.request.typed_prompt
            self._note_privacy(interaction, wanted, is_private=kept.request.private)
            return partial(self._submitter.agree, kept)

        try:
            job = await self._take(interaction, prepare, wanted)
        except AnswerRefused:
            if wanted.kept is not None:
                async with turn or nullcontext():
                    await self._question.close(interaction, wanted.kept, None)
            raise
        if wanted.kept is None:
            return
        is_asked = wanted.is_asked and wanted.kept.asks_region
        if job is not None or wanted.is_withdrawn or is_asked:
            async with turn or nullcontext():
                await self._question.close(interaction, wanted.kept, job, is_asked=is_asked)

    async def draw(self, interaction: AnyInteraction, offer_id: int) -> None:
        """Draw a prompt that was rewritten for its member to look at; as ``take``.

        Raises:
            MemberError: if nothing was held, saying why.
            StorageUnavailable: if nothing was held, because storage can't.
        """
        await self.take_form(interaction, partial(self._submitter.offered, offer_id, asker_of(interaction, 0)))

    async def drop(self, interaction: AnyInteraction, offer_id: int) -> str:
        """Forget a request whose price its member does not agree to; return what the question says from then on.

        Raises:
            Unavailable: if there is none, any more.
        """
        kept = await self._submitter.kept(offer_id, asker_of(interaction, 0))
        await self._submitter.drop(kept)
        return self._question.dropped(str(interaction.locale), kept)

    def _note_privacy(self, interaction: AnyInteraction, wanted: Wanted, *, is_private: bool) -> None:
        """Note who is to see the answer, and check that the bot may give it.

        Raises:
            StorageUnavailable: if Discord had to be told otherwise before that was known.
        """
        if wanted.is_deferred and wanted.is_private is not is_private:
            raise StorageUnavailable("it was read too late who is to see the answer")
        wanted.is_private = is_private
        require_permissions(interaction, self._texts, is_private=is_private)

    async def _take(self, interaction: AnyInteraction, prepare: Prepare, wanted: Wanted) -> Job | None:
        """Hold, answer and queue; return the job, or None where the price was asked about or the answer lost."""
        if interaction.id in self._answering:
            # Discord delivered it twice: the first delivery's deferral would look like another bot's to the second.
            return None
        self._answering.add(interaction.id)
        try:
            return await self._hold_and_answer(interaction, prepare, wanted)
        finally:
            self._answering.discard(interaction.id)

    async def _hold_and_answer(self, interaction: AnyInteraction, prepare: Prepare, wanted: Wanted) -> Job | None:
        began_s = self._clock.monotonic()
        work = asyncio.create_task(self._hold(interaction, prepare), name=f"submit-{interaction.id}")
        self._holding.add(work)
        work.add_done_callback(self._holding.discard)
        try:
            held = await self._held(interaction, work, wanted)
        except PriceNotAgreed as question:
            await self._question.ask(interaction, question, wanted.prompt)
            wanted.is_asked = True
            return None
        if held is None:
            # The same interaction was delivered twice, and the first delivery was answered.
            return None
        message_id = await self._response.give(interaction, held)
        self._meter.took("ack", self._clock.monotonic() - began_s, held.job.request.model)
        if await self._response.follow(interaction, held, message_id):
            return held.job
        wanted.is_withdrawn = True
        return None

    async def _hold(self, interaction: AnyInteraction, prepare: Prepare) -> Held | None:
        submit = await prepare()
        job = await submit(asker_of(interaction, await server_owner_id(interaction, self._clock)))
        if job.state is not JobState.HELD:
            return None
        try:
            view, estimate = await self._presenter.first_card(job)
        except Exception:
            # Nothing can be shown, so nothing may stay held.
            await self._submitter.withdraw(job.id)
            raise
        return Held(job, view, estimate)

    async def _held(self, interaction: AnyInteraction, work: asyncio.Task[Held | None], wanted: Wanted) -> Held | None:
        try:
            # The transaction can't be stopped halfway: it goes on while the member sees that we think.
            async with self._clock.timeout(DEFER_AFTER_S):
                return await asyncio.shield(work)
        except TimeoutError:
            if work.done():
                return await work
        wanted.is_deferred = True
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await think(interaction, ephemeral=wanted.is_private)
        except Exception as error:  # noqa: BLE001 - a cut connection too: the original response decides
            log.warning("interaction %s: could not be deferred: %s", interaction.id, briefly(error))
            interaction.extras[ANOTHER_DEFERRED] = getattr(error, "code", 0) == ALREADY_ACKNOWLEDGED
        return await work
