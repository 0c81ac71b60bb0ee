"""Faults about what is said in Discord."""

from dataclasses import replace

from bot.domain.jobs.job import Job
from bot.domain.jobs.notice import Notice
from bot.presentation.jobs.picture_delivery import PictureDelivery
from bot.presentation.kit import retrying
from bot.presentation.kit.discord_errors import Verdict
from bot.presentation.notices.messenger import Messenger, _only
from bot.storage.jobs.delivery import DeliveryChanges

DELIVER = PictureDelivery.deliver
DELIVERED = DeliveryChanges.record_delivery


def notice_dropped() -> None:
    """A message beside the jobs' own is given up after twelve tries, whatever was in its way."""

    def counted(_: Verdict, attempts: int) -> int:
        return attempts + 1

    def is_worth_another(verdict: Verdict, attempts: int) -> bool:
        return verdict in {Verdict.LATER, Verdict.FAULT} and attempts < retrying.FAULTY_ATTEMPTS

    retrying.counted, retrying.is_worth_another = counted, is_worth_another


def state_before_act() -> None:
    """Pictures are noted as delivered before Discord has them."""

    async def deliver(self: PictureDelivery, job: Job) -> None:
        await self._deliveries.delivered(replace(job, version=job.version + 1), {})
        await DELIVER(self, job)

    PictureDelivery.deliver = deliver


def ping_repeated() -> None:
    """A ping is said again after a kill, without a look for the one before."""

    async def ping_by_bot(self: Messenger, job: Job, notice: Notice) -> None:
        channel = self._client.get_partial_messageable(job.reply.channel_id)
        await channel.send(self._ping_text(job), allowed_mentions=_only(job.member_id))

    Messenger._ping_by_bot = ping_by_bot


def nobody_is_called() -> None:
    """Whoever waited long for their pictures is not called to them."""

    async def record_delivery(
        self: DeliveryChanges, job_id: int, attachment_ids: dict[int, int], *, version: int, ping: bool
    ) -> Job | None:
        return await DELIVERED(self, job_id, attachment_ids, version=version, ping=False)

    DeliveryChanges.record_delivery = record_delivery
