"""The commands, wired: which use case answers which, and what shows the answer."""

from dataclasses import dataclass

from bot.presentation.jobs.job_copy import JobCopy
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.log.logs import Logs
from bot.presentation.moderation.prompt_rules import PromptRuleList
from bot.presentation.moderation.removals import Removals
from bot.presentation.notices.messenger import Messenger
from bot.presentation.privacy.message_deletion import MessageDeletion
from bot.presentation.reports.charts import Charts
from bot.presentation.reports.reports import Reports
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.model_choices import ModelChoices
from bot.presentation.requests.prompt_help import PromptHelp
from bot.presentation.requests.reference_pages import ReferencePages
from bot.presentation.requests.region_question import RegionQuestion
from bot.presentation.servers.settings_menus import SettingsMenus
from bot.wiring.core import Core
from cogs.account import Account
from cogs.appeals import Appeals
from cogs.base import Kit, PlainCog
from cogs.editing import Editing
from cogs.gallery import Gallery
from cogs.help import Help, Operator
from cogs.imagine import Imagine
from cogs.jobs import JobButtons
from cogs.logs import LogCommands
from cogs.messages import Messages
from cogs.mod import Mod
from cogs.picture_menu import PictureMenu
from cogs.preferences import PreferenceCommands
from cogs.privacy import Privacy
from cogs.prompt import Prompt
from cogs.quota import Quota
from cogs.references import References
from cogs.regions import Regions
from cogs.repeating import Declined, Repeating
from cogs.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Speakers:
    """What of one running bot speaks to Discord, and the commands make use of."""

    intake: Intake
    presenter: Presenter
    messenger: Messenger
    message_deletion: MessageDeletion


class Commands:
    """Makes the commands of one running bot.

    Args:
        kit: what each of them is handed.
        core: the use cases.
        speakers: what they make use of.
        operator: who runs the bot.
    """

    def __init__(self, kit: Kit, core: Core, speakers: Speakers, operator: Operator) -> None:
        self._kit = kit
        self._core = core
        self._speakers = speakers
        self._operator = operator

    def make(self) -> tuple[PlainCog, ...]:
        """Return all commands, those of rewriting only where there is any."""
        cogs = (*self._for_members(), *self._for_moderators(), *self._for_admins())
        return (*cogs, self._prompt()) if self._core.rewriter.is_on else cogs

    def _for_members(self) -> tuple[PlainCog, ...]:
        core, kit, speakers = self._core, self._kit, self._speakers
        stores, texts, clock = core.stores, kit.texts, kit.clock
        model_choices = ModelChoices(core.quotas, texts)
        region_question = RegionQuestion(
            choice=core.region_choice, submitter=core.submitter, pictures=stores.pictures, texts=texts, clock=clock
        )
        return (
            Imagine(kit=kit, intake=speakers.intake, model_choices=model_choices),
            Regions(kit=kit, intake=speakers.intake, question=region_question),
            Editing(
                kit=kit,
                intake=speakers.intake,
                model_choices=model_choices,
                references=core.reference_sets,
                region_question=region_question,
                open_edits=stores.open_edits,
            ),
            Declined(kit=kit, intake=speakers.intake, alternatives=core.alternatives),
            Repeating(kit=kit, intake=speakers.intake, jobs=stores.jobs),
            PictureMenu(
                kit=kit,
                intake=speakers.intake,
                jobs=stores.jobs,
                quotas=core.quotas,
                references=core.reference_sets,
                complaining=core.complaining,
            ),
            JobButtons(
                kit=kit,
                jobs=stores.jobs,
                canceler=core.canceler,
                moderation=core.moderation,
                remover=core.remover,
                deliveries=core.deliveries,
                addresses=speakers.presenter.addresses,
                job_copy=JobCopy(
                    renderer=speakers.presenter.renderer,
                    addresses=speakers.presenter.addresses,
                    jobs=stores.jobs,
                    pictures=stores.pictures,
                    texts=texts,
                    clock=clock,
                ),
            ),
            References(
                kit=kit,
                sets=core.reference_sets,
                pages=ReferencePages(pictures=stores.pictures, texts=texts, clock=clock),
            ),
            Account(
                kit=kit,
                jobs=stores.jobs,
                pictures=stores.pictures,
                quotas=core.quotas,
                models=core.submitter.models,
            ),
            PreferenceCommands(
                kit=kit,
                preferences=stores.preferences,
                quotas=core.quotas,
                models=core.submitter.models,
                rewrites=core.rewriter.is_on,
                late_s=core.policy.ping_after_s,
            ),
            Gallery(
                kit=kit,
                stars=stores.stars,
                jobs=stores.jobs,
                preferences=stores.preferences,
                pictures=stores.pictures,
                wake=speakers.messenger.wake,
            ),
            Help(kit=kit, operator=self._operator, rewrites=core.rewriter.is_on),
            Privacy(kit=kit, erasure=core.erasure, exporter=core.exporter, message_deletion=speakers.message_deletion),
        )

    def _prompt(self) -> PlainCog:
        kit, submitter = self._kit, self._core.submitter
        help_ = PromptHelp(submitter=submitter, texts=kit.texts, clock=kit.clock)
        return Prompt(kit=kit, help_=help_, intake=self._speakers.intake)

    def _for_moderators(self) -> tuple[PlainCog, ...]:
        core, kit, speakers = self._core, self._kit, self._speakers
        stores, texts, clock = core.stores, kit.texts, kit.clock
        moderation = core.moderation
        return (
            Mod(
                kit=kit,
                moderation=moderation,
                removals=Removals(
                    moderation=moderation, remover=core.remover, addresses=speakers.presenter.addresses, texts=texts
                ),
                rules=PromptRuleList(moderation=moderation, texts=texts),
                wake=speakers.messenger.wake,
            ),
            Appeals(kit=kit, moderation=moderation, wake=speakers.messenger.wake),
            Messages(kit=kit, jobs=stores.jobs, complaining=core.complaining, moderation=moderation),
            LogCommands(
                kit=kit,
                reviewing=core.reviewing,
                administration=core.administration,
                logs=Logs(reviewing=core.reviewing, pictures=stores.pictures, texts=texts, clock=clock),
                catalogue=core.policy.catalogue,
            ),
        )

    def _for_admins(self) -> tuple[PlainCog, ...]:
        core, kit = self._core, self._kit
        texts, clock = kit.texts, kit.clock
        administration = core.administration
        return (
            Quota(
                kit=kit,
                administration=administration,
                reports=Reports(
                    reporting=core.reporting, charts=Charts(clock=clock, texts=texts), texts=texts, clock=clock
                ),
                wake=self._speakers.messenger.wake,
            ),
            ServerSettings(
                kit=kit,
                administration=administration,
                menus=SettingsMenus(administration=administration, catalogue=core.policy.catalogue, texts=texts),
                rewrites=core.rewriter.is_on,
            ),
        )
