"""The use cases and the background work, wired: the bot without anything that people see."""

import random
from functools import partial

from bot.domain.requests.policy import Policy
from bot.domain.servers.access import ServerAccess
from bot.ports import Attachments, Clock, ImageService, Meter, Results, TextModel
from bot.service.delivery.deliveries import Deliveries
from bot.service.delivery.remover import Remover
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.leftover_files import LeftoverFiles
from bot.service.kit.metering import UNMETERED
from bot.service.kit.supervisor import one_by_one
from bot.service.moderation.complaints import Complaining
from bot.service.moderation.moderation import Moderation
from bot.service.moderation.moderator_log import Reviewing
from bot.service.privacy.erasure import Erasure
from bot.service.privacy.exporter import Exporter
from bot.service.requests.canceler import Canceler
from bot.service.requests.declined import Alternatives
from bot.service.requests.picture_intake import PictureIntake
from bot.service.requests.prompt_screening import Screening
from bot.service.requests.quotas import Quotas
from bot.service.requests.reference_sets import ReferenceSets
from bot.service.requests.region_choice import RegionChoice
from bot.service.requests.rewriter import Rewriter
from bot.service.requests.submitter import Submitter
from bot.service.servers.administration import Administration
from bot.service.servers.departures import Departures
from bot.service.servers.reporting import Reporting
from bot.service.upkeep.figures import CurrentFigures
from bot.service.upkeep.sweeper import Sweeper, take_up
from bot.service.vendor.collector import Collector
from bot.service.vendor.dispatcher import Dispatcher
from bot.service.vendor.estimates import Durations, Estimates
from bot.service.vendor.in_doubt import InDoubtResolver
from bot.service.vendor.listing_check import ListingCheck
from bot.service.vendor.watcher import Watcher
from bot.storage.stores import Stores


class Core:
    """The service of one running bot.

    Args:
        stores: where everything is kept.
        vendor: makes the pictures.
        text_model: rewrites prompts; None: nobody does.
        results: downloads them.
        attachments: downloads what members hand in.
        policy: the operator's.
        access: which servers may use the bot.
        seeds: where requests without a seed get theirs.
        clock: paces everything.
        meter: told how long things take.
    """

    def __init__(
        self,
        stores: Stores,
        *,
        vendor: ImageService,
        results: Results,
        attachments: Attachments,
        policy: Policy,
        access: ServerAccess,
        seeds: random.Random,
        clock: Clock,
        meter: Meter = UNMETERED,
        text_model: TextModel | None = None,
    ) -> None:
        self.stores = stores
        self.meter = meter
        self.policy = policy
        self.changes = Changes()
        self.alarm = Alarm(stores.outbox, clock)
        self._wire_rewriting(text_model, clock)
        self._wire_requests(attachments, access, seeds, clock)
        self._wire_lanes(vendor, results, clock)
        self._wire_people(clock)
        self._wire_sweeping(clock)

    def _wire_rewriting(self, text_model: TextModel | None, clock: Clock) -> None:
        stores, policy = self.stores, self.policy
        self.quotas = Quotas(policy, stores.jobs, clock)
        self.screening = Screening(stores.cases)
        self.rewriter = Rewriter(
            text_model=text_model,
            rewritings=stores.rewritings,
            jobs=stores.jobs,
            screening=self.screening,
            quotas=self.quotas,
            policy=policy,
            clock=clock,
        )

    def _wire_requests(
        self, attachments: Attachments, access: ServerAccess, seeds: random.Random, clock: Clock
    ) -> None:
        stores, policy = self.stores, self.policy
        self.durations = Durations(stores.lanes)
        self.estimates = Estimates(
            jobs=stores.jobs, lanes=stores.lanes, durations=self.durations, catalogue=policy.catalogue, clock=clock
        )
        self.picture_intake = PictureIntake(attachments=attachments, pictures=stores.pictures, privacy=stores.privacy)
        self.submitter = Submitter(
            jobs=stores.jobs,
            quotas=self.quotas,
            servers=stores.servers,
            references=stores.references,
            preferences=stores.preferences,
            model_list=stores.model_list,
            screening=self.screening,
            policy=policy,
            access=access,
            changes=self.changes,
            seeds=seeds,
            picture_intake=self.picture_intake,
            rewriter=self.rewriter,
        )
        self.alternatives = Alternatives(declined=stores.declined, submitter=self.submitter, quotas=self.quotas)
        self.region_choice = RegionChoice(submitter=self.submitter, jobs=stores.jobs, policy=policy)
        self.reference_sets = ReferenceSets(
            references=stores.references, submitter=self.submitter, picture_intake=self.picture_intake
        )

    def _wire_lanes(self, vendor: ImageService, results: Results, clock: Clock) -> None:
        jobs, changes, catalogue = self.stores.jobs, self.changes, self.policy.catalogue
        self.canceler = Canceler(jobs=jobs, vendor=vendor, changes=changes)
        self.collector = Collector(
            jobs=jobs,
            results=results,
            pictures=self.stores.pictures,
            durations=self.durations,
            catalogue=catalogue,
            changes=changes,
            clock=clock,
            alarm=self.alarm,
        )
        self.watcher = Watcher(
            jobs=jobs,
            vendor=vendor,
            collector=self.collector,
            canceler=self.canceler,
            durations=self.durations,
            changes=changes,
            clock=clock,
            alarm=self.alarm,
            meter=self.meter,
        )
        self.doubts = InDoubtResolver(
            jobs=jobs, vendor=vendor, watcher=self.watcher, changes=changes, clock=clock, alarm=self.alarm
        )
        self.dispatcher = Dispatcher(
            jobs=jobs,
            lanes=self.stores.lanes,
            vendor=vendor,
            pictures=self.stores.pictures,
            watcher=self.watcher,
            collector=self.collector,
            doubts=self.doubts,
            catalogue=catalogue,
            operator=self.stores.outbox,
            changes=changes,
            clock=clock,
            alarm=self.alarm,
            meter=self.meter,
        )
        self.listing_check = ListingCheck(
            vendor=vendor,
            lanes=self.stores.lanes,
            model_list=self.stores.model_list,
            catalogue=catalogue,
            changes=changes,
            clock=clock,
            alarm=self.alarm,
            text_model=self.policy.rewriting.model if self.policy.rewriting else "",
        )

    def _wire_people(self, clock: Clock) -> None:
        stores, policy = self.stores, self.policy
        self.deliveries = Deliveries(
            jobs=stores.jobs, pictures=stores.pictures, policy=policy, clock=clock, changes=self.changes
        )
        files = LeftoverFiles(privacy=stores.privacy, pictures=stores.pictures, clock=clock)
        self.departures = Departures(
            jobs=stores.jobs, servers=stores.servers, references=stores.references, changes=self.changes
        )
        self.remover = Remover(jobs=stores.jobs, files=files, changes=self.changes, clock=clock)
        self.administration = Administration(
            servers=stores.servers, jobs=stores.jobs, quotas=self.quotas, policy=policy, clock=clock
        )
        self.reporting = Reporting(reports=stores.reports, servers=stores.servers, policy=policy, clock=clock)
        self.figures = CurrentFigures(reports=stores.reports, quotas=self.quotas, clock=clock)
        self.reviewing = Reviewing(moderator_log=stores.moderator_log, clock=clock)
        self.moderation = Moderation(
            cases=stores.cases, jobs=stores.jobs, screening=self.screening, changes=self.changes, clock=clock
        )
        self.complaining = Complaining(complaints=stores.complaints, changes=self.changes)
        self.erasure = Erasure(
            privacy=stores.privacy, files=files, quotas=self.quotas, policy=policy, clock=clock, alarm=self.alarm
        )
        self.exporter = Exporter(privacy=stores.privacy, pictures=stores.pictures)

    def _wire_sweeping(self, clock: Clock) -> None:
        self.sweeper = Sweeper(
            jobs=self.stores.jobs,
            lanes=self.stores.lanes,
            watcher=self.watcher,
            collector=self.collector,
            doubts=self.doubts,
            remover=self.remover,
            departures=self.departures,
            reporting=self.reporting,
            moderator_log=self.stores.moderator_log,
            outbox=self.stores.outbox,
            erasure=self.erasure,
            picture_intake=self.picture_intake,
            open_edits=self.stores.open_edits,
            declined=self.stores.declined,
            rewriter=self.rewriter,
            policy=self.policy,
            changes=self.changes,
            clock=clock,
            alarm=self.alarm,
        )

    async def start(self) -> None:
        """Go on with what an earlier run left; nothing is claimed yet."""
        jobs = self.stores.jobs
        going_on = partial(take_up, jobs=jobs, watcher=self.watcher, collector=self.collector, doubts=self.doubts)
        # What lies in a damaged part of the database keeps nobody from being served.
        await one_by_one(
            [
                ("taking up jobs", going_on),
                ("ending removals", self.remover.take_up),
                ("giving up what no request took", self.picture_intake.give_up_the_rest),
                ("doubting rewritings that were cut off", self.rewriter.tidy),
            ]
        )
        self.sweeper.start()
        self.listing_check.start()

    def begin_claims(self) -> None:
        """Begin to work off what waits in line."""
        self.dispatcher.start()

    async def stop(self, grace_s: float = 0.0) -> None:
        """Claim nothing more, give a create in flight ``grace_s`` seconds, and stop the rest."""
        await self.dispatcher.stop(grace_s)
        for part in (self.listing_check, self.sweeper, self.doubts, self.watcher, self.collector):
            await part.stop()
