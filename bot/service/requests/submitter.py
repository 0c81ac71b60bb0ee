"""Taking a request: checks, price and hold, then the place in the queue."""

import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.jobs.job import Job, NewJob, PriceOffer
from bot.domain.preferences import ServerPreferences, as_preferred, enhance_of
from bot.domain.requests import request
from bot.domain.requests.catalogue import Catalogue, fit_for, name_in
from bot.domain.requests.model import SEED_MAX
from bot.domain.requests.policy import Policy
from bot.domain.requests.request import ImageRequest, Options
from bot.domain.requests.rewriting import Enhanced, Fault, PromptOffer
from bot.domain.servers.access import ServerAccess
from bot.domain.servers.settings import Posting, Settings
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone, InvalidRequest, NotPermitted, Unavailable
from bot.ports import Jobs, MemberPreferences, ModelList, References, Servers
from bot.service.kit.changes import Changes
from bot.service.requests.asker import Asker, check_channel, check_posting
from bot.service.requests.offered_models import OfferedModels
from bot.service.requests.picture_intake import PictureIntake
from bot.service.requests.prompt_screening import PromptRefusedHere, Screening
from bot.service.requests.quotas import Quotas
from bot.service.requests.rewriter import MOST_AT_ONCE, NotRewritten, Rewriter


class Submitter:
    """Turns a member's options into a held job, and a held job into a queued one."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        quotas: Quotas,
        servers: Servers,
        references: References,
        preferences: MemberPreferences,
        model_list: ModelList,
        screening: Screening,
        policy: Policy,
        access: ServerAccess,
        changes: Changes,
        seeds: random.Random,
        picture_intake: PictureIntake,
        rewriter: Rewriter,
    ) -> None:
        self._jobs = jobs
        self._quotas = quotas
        self._servers = servers
        self._references = references
        self._preferences = preferences
        self._models = OfferedModels(policy.catalogue, model_list)
        self._screening = screening
        self._policy = policy
        self._access = access
        self._changes = changes
        self._seeds = seeds
        self._picture_intake = picture_intake
        self._rewriter = rewriter
        self._accepting = True

    def set_access(self, access: ServerAccess) -> None:
        """Replace who may use the bot, once Discord has told who owns the application."""
        self._access = access

    def admits(self, server_id: int, server_owner_id: int) -> bool:
        """Whether a server may use the bot."""
        return self._access.admits(server_id, server_owner_id)

    def stop_accepting(self) -> None:
        """Refuse new requests: the program is about to end."""
        self._accepting = False

    async def is_private(self, wish: bool | None, server_id: int, member_id: int = 0) -> bool:
        """Whether only the member is to see the result: as they wish, as far as the server leaves it to them.

        Args:
            wish: what they say of it; None: nothing.
            server_id: where.
            member_id: whose preference counts where they say nothing; 0: nobody's.

        Raises:
            NotPermitted: if they wish for what the server doesn't allow.
        """
        posting = (await self._servers.settings(server_id)).posting
        check_posting(wish, posting)
        if wish is None and member_id and posting is Posting.FREE:
            wish = (await self._preferences.of(member_id, server_id)).here.private
        return posting is Posting.PRIVATE or bool(wish)

    async def submit(self, options: Options, asker: Asker) -> Job:
        """Check a request, and write its hold and its job in one transaction.

        The same interaction again gives the job that it made before.

        Raises:
            PriceNotAgreed: if it would be paid for, and the member is to be asked first; it is kept meanwhile.
            MemberError: saying what is wrong and what would do; then nothing is held.
            StorageUnavailable: if the database can't take it now; then nothing is held.
        """
        async with self.ready(options, asker) as new_job:
            return await self._jobs.submit(new_job, self._quotas.terms())

    @asynccontextmanager
    async def ready(self, options: Options, asker: Asker) -> AsyncGenerator[NewJob]:
        """Check a request, and keep its pictures while it is taken: what was not is left to be deleted.

        Raises:
            MemberError: saying what is wrong and what would do; then nothing is held.
            StorageUnavailable: if the database can't tell now.
        """
        self._check_open(asker)
        settings = await self._servers.settings(asker.server_id)
        options = replace(options, model=name_in(self._policy.catalogue, options.model))
        own = (await self._preferences.of(asker.member_id, asker.server_id)).here
        options = await self._as_preferred(await self._with_reference(options, asker), own, settings, asker)
        options = await self._with_count(options, asker)
        drawn_seed = self._seeds.randint(0, SEED_MAX)
        checked = request.check(options, await self._models.choice(settings, options.model), drawn_seed=drawn_seed)
        await self._check_place(checked, settings, asker, takes_pictures=bool(options.handed_in))
        await self._screen(checked, asker)
        enhance = enhance_of(options, own, settings.enhance, is_on=self._rewriter.is_on)
        if enhance is not Enhance.OFF and self._is_crowded(asker):
            checked, enhance = checked.not_rewritten(enhance, Fault.WAITING), Enhance.OFF
        if enhance is Enhance.OFF:
            async with self._complete(checked, options, asker) as new_job:
                yield new_job
            return
        # However many ask at once, each next one sees what the one before holds: nobody pays to have rewritten what is
        # refused.
        async with (
            self._rewriter.turn(asker.interaction_id, asker.server_id, asker.member_id),
            self._complete(await self._enhanced(checked, enhance, asker), options, asker) as new_job,
        ):
            yield new_job

    @asynccontextmanager
    async def _complete(self, checked: ImageRequest, options: Options, asker: Asker) -> AsyncGenerator[NewJob]:
        """Give a checked request, with the pictures that are handed in with it, which are kept while it is taken."""
        model = self._policy.catalogue[checked.model]
        if model.pictures is None or not options.handed_in:
            yield self._new_job(checked, asker, told_micros=options.told_micros)
            return
        async with self._picture_intake.turn_of(asker.member_id):
            # Whoever is blocked, or over a limit, has nothing fetched. What comes in takes time: all is judged again.
            new_job = self._new_job(checked, asker, told_micros=options.told_micros)
            await self._jobs.rehearse(replace(new_job, to_be_fetched=len(options.handed_in)), self._quotas.terms())
            async with self._picture_intake.taken(
                options.handed_in,
                model.pictures,
                asker.server_id,
                asker.interaction_id,
                mask=options.edit.mask,
            ) as pictures:
                yield replace(new_job, request=checked.with_pictures(pictures, model))

    async def admit(self, asker: Asker) -> None:
        """Refuse what may not be asked for here, whatever it is.

        Raises:
            NotPermitted: if the server is not served, or its settings don't allow it in this channel.
            Unavailable: if the program is about to end, or not enough is known of the channel yet.
        """
        self._check_open(asker)
        check_channel(await self._servers.settings(asker.server_id), asker)

    async def models(self, server_id: int, *, take_pictures: bool = False, member_id: int = 0) -> Catalogue:
        """Return the models that may be used in a server: those that draw from words, or those that take pictures in.

        The first is the default: of those that draw, the one that the member prefers. They may be none.
        """
        settings = await self._servers.settings(server_id)
        models = fit_for(await self._models.choice(settings), takes_pictures=take_pictures)
        if take_pictures or not member_id:
            return models
        preferred = (await self._preferences.of(member_id, server_id)).here.model
        return dict(sorted(models.items(), key=lambda item: item[0] != preferred))

    async def editing_models(self, asker: Asker) -> Catalogue:
        """Return the models that take pictures in where somebody is about to say what is to change, the default first.

        Raises:
            MemberError: if pictures can't be edited here, saying why; all is judged again when it is submitted.
        """
        await self.admit(asker)
        return await self._models.fitting(await self._servers.settings(asker.server_id), takes_pictures=True)

    async def kept(self, offer_id: int, asker: Asker) -> PriceOffer:
        """Return a request that waits for this member to agree to its price.

        Raises:
            AlreadyDone: if it became a job by an earlier delivery of the same press.
            Unavailable: if there is none, any more.
        """
        kept = await self._jobs.price_offer(offer_id)
        if kept is None and await self._jobs.get(asker.interaction_id):
            raise AlreadyDone(asker.interaction_id)
        if kept is None or (kept.server_id, kept.member_id) != (asker.server_id, asker.member_id):
            raise Unavailable("offer-gone")
        model = self._policy.catalogue.get(kept.request.model)
        if model is None or not kept.request.is_drawn_by(model):
            # It was offered by a run of the program that had other models, or had them otherwise.
            raise Unavailable("offer-gone")
        return kept

    async def agree(self, kept: PriceOffer, asker: Asker) -> Job:
        """Go on with a request whose price its member agreed to, or whose region they chose, as the rules are now.

        Raises:
            MemberError: if the price offer is used or expired; and as for ``submit``.
            StorageUnavailable: if the database can't take it now; then nothing is held.
        """
        self._check_open(asker)
        kept.request.check_region(self._policy.catalogue[kept.request.model])
        settings = await self._servers.settings(asker.server_id)
        await self._check_place(kept.request, settings, asker, takes_pictures=bool(kept.request.pictures))
        check_posting(kept.request.private, settings.posting)
        await self._screen(kept.request, asker)
        new_job = self._new_job(kept.request, asker, offer_id=kept.id)
        return await self._jobs.submit(new_job, self._quotas.terms())

    async def drop(self, kept: PriceOffer) -> None:
        """Forget a request whose price its member does not agree to.

        Raises:
            Unavailable: if it waits no more: another press went on with it since it was read.
        """
        if not await self._jobs.drop_price_offer(kept.id):
            raise Unavailable("offer-gone")

    async def _as_preferred(
        self, options: Options, own: ServerPreferences, settings: Settings, asker: Asker
    ) -> Options:
        """Return options with what their member prefers where they say nothing, as far as it can be had.

        Nobody is refused what they did not ask for: it is tried without first.
        """
        wishes = as_preferred(options, own, await self._models.allowed(settings))
        while len(wishes) > 1 and not await self._can_be_had(wishes[0], settings, asker):
            del wishes[0]
        return wishes[0]

    async def _can_be_had(self, options: Options, settings: Settings, asker: Asker) -> bool:
        try:
            checked = request.check(options, await self._models.choice(settings, options.model), drawn_seed=0)
        except InvalidRequest:
            return False
        return await self._jobs.would_take(self._new_job(checked, asker), self._quotas.terms())

    async def _with_reference(self, options: Options, asker: Asker) -> Options:
        """Return options with the pictures of the set that they name: what is handed in comes last."""
        if options.reference is None:
            return options
        reference = await self._references.use(asker.server_id, asker.member_id, options.reference)
        return replace(options, handed_in=(*reference.brought, *options.handed_in))

    async def _with_count(self, options: Options, asker: Asker) -> Options:
        """Return options with how many images a series may have where they don't say: never more than are allowed."""
        if not options.series or options.count is not None:
            return options
        standing = await self._quotas.standing(asker.server_id, asker.member_id, asker.role_ids)
        return replace(options, count=min(request.SERIES_LONG, standing.terms.rule.images_per_job))

    async def rewrite(self, prompt: str, kind: Enhance, asker: Asker) -> PromptOffer:
        """Have a prompt rewritten for its member to look at, and keep it for an hour, to be drawn by a button.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            MemberError: saying what is wrong and what would do.
            StorageUnavailable: if the database can't take it now.
        """
        self._check_open(asker)
        settings = await self._servers.settings(asker.server_id)
        checked = request.check(Options(prompt), await self._models.choice(settings), drawn_seed=0)
        await self._check_place(checked, settings, asker, takes_pictures=False)
        await self._screen(checked, asker)
        if self._is_crowded(asker):
            if await self._rewriter.offered(asker.interaction_id) is not None:
                raise AlreadyDone(asker.interaction_id)
            raise NotRewritten(Fault.WAITING, limit=MOST_AT_ONCE)
        async with self._rewriter.turn(asker.interaction_id, asker.server_id, asker.member_id):
            rewritten = await self._rewritten(checked, kind, asker)
        offer = PromptOffer(
            asker.interaction_id, asker.server_id, asker.member_id, kind, checked.prompt, rewritten.prompt
        )
        await self._rewriter.offer(offer)
        return offer

    async def offered(self, offer_id: int, asker: Asker) -> Options:
        """Return what is asked for by drawing a rewritten prompt.

        Raises:
            AlreadyDone: if it became a job by an earlier delivery of the same press.
            Unavailable: if there is none of this member's, any more.
        """
        offer = await self._rewriter.offered(offer_id)
        if offer is None and await self._jobs.get(asker.interaction_id):
            raise AlreadyDone(asker.interaction_id)
        if offer is None or (offer.server_id, offer.member_id) != (asker.server_id, asker.member_id):
            raise Unavailable("prompt-gone")
        return Options(offer.rewritten, enhanced=Enhanced(offer.kind, offer.prompt, offer_id=offer.id))

    async def _enhanced(self, checked: ImageRequest, wanted: Enhance, asker: Asker) -> ImageRequest:
        """Return a request with its prompt as it is to be drawn; where that can't be had now, with the original."""
        try:
            return await self._rewritten(checked, wanted, asker)
        except NotRewritten as refusal:
            return checked.not_rewritten(wanted, refusal.fault)

    async def _rewritten(self, checked: ImageRequest, kind: Enhance, asker: Asker) -> ImageRequest:
        model, plain = self._policy.catalogue[checked.model], replace(checked, prompt_extend=False)
        # Whoever is blocked, or over a limit, has nothing rewritten. It takes time: all is judged again.
        await self._jobs.rehearse(self._new_job(plain, asker), self._quotas.terms())
        prompt = await self._rewriter.rewrite(
            checked.prompt,
            kind,
            model,
            interaction_id=asker.interaction_id,
            server_id=asker.server_id,
            member_id=asker.member_id,
        )
        return checked.rewritten(kind, prompt)

    def _is_crowded(self, asker: Asker) -> bool:
        return self._rewriter.is_crowded(asker.interaction_id, asker.server_id, asker.member_id)

    def _check_open(self, asker: Asker) -> None:
        if not self._accepting:
            raise Unavailable("shutting-down")
        if not self.admits(asker.server_id, asker.server_owner_id):
            raise NotPermitted("server-not-allowed")

    async def _screen(self, checked: ImageRequest, asker: Asker) -> None:
        """Refuse a prompt that breaks a rule of its server, as the rules are now; also as it was before rewriting."""
        try:
            for prompt in dict.fromkeys((checked.typed_prompt, checked.prompt)):
                await self._screening.check(asker.server_id, prompt, checked.negative_prompt)
        except PromptRefusedHere as refusal:
            standing = await self._jobs.record_refusal(
                asker.server_id, asker.member_id, refusal.key, rule_id=refusal.rule_id, prompt=refusal.text
            )
            refusal.count(standing)
            raise

    async def _check_place(
        self, wanted: ImageRequest, settings: Settings, asker: Asker, *, takes_pictures: bool
    ) -> None:
        """Refuse what the server's settings don't allow here."""
        check_channel(settings, asker)
        if settings.models and wanted.model not in settings.models:
            by_region = wanted.region is not None
            function = wanted.edit.function if wanted.edit is not None and not by_region else None
            fitting = await self._models.fitting(
                settings, takes_pictures=takes_pictures, function=function, by_region=by_region
            )
            models = ", ".join(fitting)
            raise NotPermitted("model-not-allowed", model=wanted.model, models=models)

    def _new_job(
        self, checked: ImageRequest, asker: Asker, offer_id: int = 0, *, told_micros: int | None = None
    ) -> NewJob:
        return NewJob(
            interaction_id=asker.interaction_id,
            server_id=asker.server_id,
            member_id=asker.member_id,
            request=checked,
            reply=asker.reply,
            role_ids=asker.role_ids,
            may_pay=False,
            offer_id=offer_id,
            told_micros=told_micros,
        )

    async def acknowledge(self, job_id: int, message_id: int) -> Job | None:
        """Queue a held job, now that Discord shows its reply; None if it is not held any more."""
        job = await self._jobs.acknowledge(job_id, message_id)
        if job is not None:
            self._changes.lane(job.request.model)
        return job

    async def withdraw(self, job_id: int, *, tell: bool = False) -> None:
        """Give back what was held for a job whose reply Discord never took.

        Args:
            job_id: which.
            tell: its member may see the reply all the same, and is told that nothing comes of it.
        """
        await self._jobs.void(job_id, tell=tell)
