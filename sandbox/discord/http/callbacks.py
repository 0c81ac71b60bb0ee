"""What the bot does through an interaction's token: the callback, edits of the reply, follow-ups."""

from sandbox.discord.rules.command_rules import check_choices
from sandbox.discord.rules.errors import Json, invalid_form, refusal
from sandbox.discord.rules.modals import check_modal
from sandbox.discord.state import composing, payloads, threads
from sandbox.discord.state.composing import Body, Terms
from sandbox.discord.state.interactions import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    MODAL_SUBMIT,
    REPLY,
    UPDATE,
    Interaction,
)
from sandbox.discord.state.messages import COMMAND_TYPE, DEFAULT_TYPE, EPHEMERAL, LOADING, REPLY_TYPE, Message
from sandbox.discord.state.options import focused_type
from sandbox.discord.state.permissions import Permission
from sandbox.discord.state.world import World, bot_permissions

_MESSAGE_TYPES = {COMMAND: COMMAND_TYPE, COMPONENT: REPLY_TYPE}


class Callbacks:
    """Carries out callbacks and webhook calls on the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, interaction_id: int, token: str) -> Interaction:
        """The interaction of a callback; a made-up one is 404 10062."""
        found = self._world.interactions.get(token)
        if found is None or found.id != interaction_id:
            raise refusal(10062)
        return found

    def by_webhook(self, webhook_id: int, token: str) -> Interaction:
        """The interaction behind ``/webhooks/{application}/{token}``, alive."""
        if webhook_id != self._world.application_id:
            raise refusal(10015)
        found = self._world.interactions.get(token)
        if found is None:
            raise refusal(50027)
        found.require_token(self._world.clock.monotonic())
        if not self._world.exists(found.channel):
            raise refusal(10003)
        return found

    def answer(self, interaction: Interaction, body: Body) -> Json:
        """Carry out a callback.

        Returns:
            The callback resource that ``with_response=true`` is answered with.
        """
        interaction.require_open(self._world.clock.monotonic())
        kind = int(body.json.get("type") or 0)
        data: Json = body.json.get("data") or {}
        inner = Body(data, body.uploads)
        _check_kind(interaction, kind)
        if kind == REPLY:
            interaction.original = self._post(interaction, inner)
        elif kind == DEFER:
            interaction.original = self._defer(interaction, data)
        elif kind == CHOICES:
            check_choices("data.choices", data.get("choices"), focused_type(interaction))
            interaction.choices = data["choices"]
        elif kind == MODAL:
            check_modal(data)
            interaction.modal = data
        else:
            interaction.original = interaction.source
            if kind == UPDATE and interaction.source is not None:
                if interaction.source.deleted:
                    raise refusal(10008)
                self.edit(interaction, interaction.source, inner, drops_unlisted=True)
        interaction.answer = kind
        interaction.settled.set()
        self._world.notify()
        return self._resource(interaction, kind)

    def edit(self, interaction: Interaction, message: Message, body: Body, *, drops_unlisted: bool = False) -> None:
        self._require_files_allowed(interaction, body)
        # That a token opens no closed thread either is a guess; its callback is known not to (api-docs #5517).
        threads.require_open(self._world, message.channel)
        terms = self._terms(interaction, drops_unlisted=drops_unlisted)
        composing.edit(message, body, terms, self._world.now_ms())
        self._world.announce("MESSAGE_UPDATE", message)

    def follow_up(self, interaction: Interaction, body: Body) -> Message:
        """Post a further message; the first one after a deferral fills the deferred reply instead."""
        original = interaction.original
        if interaction.answer == DEFER and original is not None and original.loading and not original.deleted:
            self.edit(interaction, original, body)
            return original
        message = self._post(interaction, body)
        interaction.sent.append(message)
        return message

    def _post(self, interaction: Interaction, body: Body) -> Message:
        self._require_files_allowed(interaction, body)
        threads.let_post(self._world, interaction.channel)
        message = self._new_message(interaction)
        composing.create(message, body, self._terms(interaction))
        message.viewer = interaction.user if message.ephemeral else None
        self._world.post(message)
        return message

    def _defer(self, interaction: Interaction, data: Json) -> Message:
        flags = int(data.get("flags") or 0)
        # The documentation says that only EPHEMERAL may be set; that anything else is refused is a guess.
        if flags & ~EPHEMERAL or set(data) - {"flags", "tts", "allowed_mentions"}:
            raise invalid_form("data.flags", "BASE_TYPE_CHOICES", "A deferral can only set EPHEMERAL.")
        threads.let_post(self._world, interaction.channel)
        message = self._new_message(interaction)
        message.flags = flags | LOADING
        message.viewer = interaction.user if flags & EPHEMERAL else None
        self._world.post(message)
        return message

    def _new_message(self, interaction: Interaction) -> Message:
        world = self._world
        return Message(
            world.new_id(),
            interaction.channel,
            world.bot,
            world.now_ms(),
            type=_MESSAGE_TYPES.get(interaction.type, DEFAULT_TYPE) if interaction.answer is None else REPLY_TYPE,
            interaction=_metadata(interaction),
            webhook_id=world.application_id,
        )

    def _terms(self, interaction: Interaction, *, drops_unlisted: bool = False) -> Terms:
        return Terms(
            self._world.new_id,
            self._world.file_limit(interaction.channel),
            may_ping_everyone=bool(self._bot_permissions(interaction) & Permission.MENTION_EVERYONE),
            may_be_ephemeral=True,
            drops_unlisted=drops_unlisted,
        )

    def _require_files_allowed(self, interaction: Interaction, body: Body) -> None:
        if body.uploads and not self._bot_permissions(interaction) & Permission.ATTACH_FILES:
            raise refusal(50013)

    def _bot_permissions(self, interaction: Interaction) -> int:
        return bot_permissions(self._world, interaction.channel)

    def _resource(self, interaction: Interaction, kind: int) -> Json:
        message = interaction.original if kind in (REPLY, DEFER, UPDATE) else None
        about: Json = {"id": str(interaction.id), "type": interaction.type}
        if message is not None:
            about |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral,
            }
        answer: Json = {"interaction": about}
        if message is not None and kind != DEFER:
            # Only replies and updates have a resource, by the OpenAPI description.
            answer["resource"] = {"type": kind, "message": payloads.message(message, self._world.cdn)}
        return answer


def _metadata(interaction: Interaction) -> Json:
    """``interaction_metadata`` of a message that answers it."""
    about: Json = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": payloads.user(interaction.user),
        "authorizing_integration_owners": interaction.payload["authorizing_integration_owners"],
    }
    if interaction.type == COMPONENT and interaction.source is not None:
        about["interacted_message_id"] = str(interaction.source.id)
    if interaction.trigger is not None:
        about["triggering_interaction_metadata"] = _metadata(interaction.trigger)
    return about


def _check_kind(interaction: Interaction, kind: int) -> None:
    """Which callback fits which interaction."""
    fits: set[int] = {CHOICES} if interaction.type == AUTOCOMPLETE else {REPLY, DEFER}
    if interaction.type in (COMMAND, COMPONENT):
        fits.add(MODAL)
    if interaction.type in (COMPONENT, MODAL_SUBMIT) and interaction.source is not None:
        fits |= {DEFER_UPDATE, UPDATE}
    if kind not in fits:
        raise invalid_form("type", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(fits)}.")
