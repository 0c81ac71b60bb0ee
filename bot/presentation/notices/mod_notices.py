"""What the log channel is told without having been asked: cases, appeals, pauses, reports, refunds, kept sets."""

import logging

import discord

from bot.domain.jobs.notice import Notice
from bot.domain.moderation.cases import Appeal, AppealState
from bot.ports import Cases, Clock, Complaints, Jobs, MemberPreferences, References, Servers
from bot.presentation.kit.components import components
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.posting import language_of_server, say_once
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.log.channels import LogChannels
from bot.presentation.log.views import about_job
from bot.presentation.moderation import views
from bot.presentation.moderation.texts import ModTexts

log = logging.getLogger(__name__)

KINDS = frozenset(
    {"appeal", "appeal-answer", "case", "member-paused", "picture-reported", "reference-added", "refund-asked"}
)
NOTHING_TO_TELL = "nothing to tell any more"
NO_LOG_CHANNEL = "no log channel"


class ModerationNotices:
    """Tells the moderators of a server, in the server's language, and members who appealed, in theirs.

    Args:
        client: logged in.
        servers: know their languages.
        log_channels: knows which are read by moderators alone.
        cases: knows cases and appeals.
        complaints: knows what members report.
        jobs: knows the jobs.
        references: knows the sets of pictures that are kept.
        preferences: know in which language a member wants to be told.
        texts: what people read.
        clock: tells how old a notice is.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        servers: Servers,
        log_channels: LogChannels,
        cases: Cases,
        complaints: Complaints,
        jobs: Jobs,
        references: References,
        preferences: MemberPreferences,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._client = client
        self._servers = servers
        self._log_channels = log_channels
        self._cases = cases
        self._complaints = complaints
        self._jobs = jobs
        self._references = references
        self._preferences = preferences
        self._texts = texts
        self._clock = clock

    async def tell(self, notice: Notice) -> str:
        """Bring a notice where it belongs; return what became of it.

        Raises:
            Exception: what the call raised.
        """
        others = {
            "case": self._tell_case,
            "member-paused": self._tell_paused,
            "picture-reported": self._tell_reported,
            "reference-added": self._tell_added,
            "refund-asked": self._ask_refund,
        }
        if notice.kind in others:
            return await others[notice.kind](notice)
        appeal = await self._cases.appeal_by_id(int(notice.content["appeal_id"]))
        if appeal is None or not appeal.member_id:
            return NOTHING_TO_TELL
        return await (self._tell_appeal(notice, appeal) if notice.kind == "appeal" else self._answer(notice, appeal))

    async def _tell_appeal(self, notice: Notice, appeal: Appeal) -> str:
        if appeal.state is not AppealState.OPEN:
            return NOTHING_TO_TELL
        server = await self._server(appeal.case.server_id)
        locale = await language_of_server(self._servers, server)
        view = views.decision(self._texts, locale, appeal)
        if await self._in_log_channel(notice, server, ModTexts(self._texts, locale).appeal(appeal), view):
            return "sent"
        # Who owns the server reads there what it is about: a direct message can't be checked for who decides.
        owner = await self._client.create_dm(discord.Object(server.owner_id or 0))
        number = appeal.case.number
        await self._say(owner, notice, self._texts.say(locale, "appeal-unseen", server=server.name, number=number))
        return "sent to the owner"

    async def _tell_case(self, notice: Notice) -> str:
        case = await self._cases.case_by_id(int(notice.content["case_id"]))
        if case is None:
            return NOTHING_TO_TELL
        server = await self._server(case.server_id)
        locale = await language_of_server(self._servers, server)
        view = views.opening(self._texts, locale, case)
        text = ModTexts(self._texts, locale).notice(case)
        return "sent" if await self._in_log_channel(notice, server, text, view) else NO_LOG_CHANNEL

    async def _tell_paused(self, notice: Notice) -> str:
        case = await self._cases.case_by_id(int(notice.content["case_id"]))
        if case is None:
            return NOTHING_TO_TELL
        server = await self._server(case.server_id)
        locale = await language_of_server(self._servers, server)
        text = self._texts.say(
            locale,
            "member-paused-notice",
            member=Markup(ModTexts(self._texts, locale).person(case.member_id)),
            until_ms=case.until_ms,
            strikes=notice.content["strikes"],
            number=case.number,
        )
        return "sent" if await self._in_log_channel(notice, server, text) else NO_LOG_CHANNEL

    async def _tell_reported(self, notice: Notice) -> str:
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        complaint = await self._complaints.find(notice.job_id or 0, int(notice.content["account_id"]))
        if job is None or complaint is None or job.deleted_ms:
            return NOTHING_TO_TELL
        server = await self._server(job.server_id)
        locale = await language_of_server(self._servers, server)
        words = ModTexts(self._texts, locale)
        member, owner = (Markup(words.person(one)) for one in (complaint.member_id, job.member_id))
        said: dict[str, str | int] = {"member": member, "owner": owner, "number": job.number, "count": complaint.count}
        # That something is told anew an hour later is seen by the time.
        text = self._texts.say(locale, "picture-reported-notice", **said, at_ms=notice.created_ms)
        view = components(*about_job(self._texts, locale, job, with_timeline=False))
        if await self._in_log_channel(notice, server, text, view):
            return "sent"
        channel = await self._client.create_dm(discord.Object(server.owner_id or 0))
        await self._say(
            channel, notice, self._texts.say(locale, "report-unseen", server=server.name, number=job.number)
        )
        return "sent to the owner"

    async def _tell_added(self, notice: Notice) -> str:
        server_id = int(notice.content["server_id"])
        reference = await self._references.get(server_id, int(notice.content["reference_id"]))
        if reference is None:
            return NOTHING_TO_TELL
        server = await self._server(server_id)
        key = "reference-shared-notice" if reference.is_shared else "reference-added-notice"
        member, pictures = Markup(f"<@{reference.member_id}>"), len(reference.pictures)
        # The time tells two sets apart that are alike: what is said twice in the same words is taken for said.
        said: dict[str, str | int] = {"member": member, "pictures": pictures, "added_ms": notice.created_ms}
        text = self._texts.say(await language_of_server(self._servers, server), key, **said)
        return "sent" if await self._in_log_channel(notice, server, text) else NO_LOG_CHANNEL

    async def _ask_refund(self, notice: Notice) -> str:
        """Ask a server's admins whether the charge of removed pictures is to be given back."""
        case = await self._cases.case_by_id(int(notice.content["case_id"]))
        if case is None or not case.member_id:
            return NOTHING_TO_TELL
        server = await self._server(case.server_id)
        locale = await language_of_server(self._servers, server)
        free, micros = int(notice.content["free"]), int(notice.content["micros"])
        text = ModTexts(self._texts, locale).refund_asked(case, free, micros)
        if await self._in_log_channel(notice, server, text, views.refund(self._texts, locale, case.id)):
            return "sent"
        # As with appeals: a direct message can't be checked for who decides.
        owner = await self._client.create_dm(discord.Object(server.owner_id or 0))
        number = case.job_number
        await self._say(owner, notice, self._texts.say(locale, "refund-unseen", server=server.name, number=number))
        return "sent to the owner"

    async def _answer(self, notice: Notice, appeal: Appeal) -> str:
        server = await self._server(appeal.case.server_id)
        is_accepted = appeal.state is AppealState.ACCEPTED
        key = "appeal-answer-accepted" if is_accepted else "appeal-answer-rejected"
        member = await self._client.create_dm(discord.Object(appeal.member_id))
        locale = (await self._preferences.of(appeal.member_id)).language or appeal.locale
        text = self._texts.say(locale, key, server=server.name, number=appeal.case.number)
        if appeal.answer:
            text += "\n" + self._texts.say(locale, "appeal-answer-why", reason=appeal.answer)
        await self._say(member, notice, text)
        return "sent"

    async def _in_log_channel(
        self, notice: Notice, server: discord.Guild, text: str, view: discord.ui.View | None = None
    ) -> bool:
        """Post in a server's log channel; return False if there is none that takes it and is as private as agreed."""
        try:
            channel_id = await self._log_channels.usable(server.id)
            if not channel_id:
                return False
            await self._say(self._client.get_partial_messageable(channel_id), notice, text, view)
        except discord.HTTPException as error:
            if judge(error) not in {Verdict.GONE, Verdict.FORBIDDEN}:
                raise
            log.info("server %s: its log channel can't be told: %s", server.id, error.code)
            return False
        return True

    async def _server(self, server_id: int) -> discord.Guild:
        return self._client.get_guild(server_id) or await self._client.fetch_guild(server_id, with_counts=False)

    async def _say(
        self, channel: discord.abc.Messageable, notice: Notice, text: str, view: discord.ui.View | None = None
    ) -> None:
        await say_once(self._client, channel, notice, text, self._clock.now_ms(), view=view)
