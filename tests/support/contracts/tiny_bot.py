"""A small bot on an unmodified discord.py."""

import asyncio
import io
import warnings

from PIL import Image

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands
    from discord.ext import commands


def png(color: str = "red") -> io.BytesIO:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 4), color).save(out, "PNG")
    out.seek(0)
    return out


class Picture(discord.ui.LayoutView):
    """A message with text, pictures and two buttons."""

    def __init__(self, text: str, *names: str) -> None:
        super().__init__(timeout=None)
        box = discord.ui.Container(discord.ui.TextDisplay(text))
        if names:
            items = [discord.MediaGalleryItem(f"attachment://{name}", description="a cat") for name in names]
            box.add_item(discord.ui.MediaGallery(*items))
        row = discord.ui.ActionRow()
        row.add_item(discord.ui.Button(label="Cancel", custom_id="job:812:cancel"))
        row.add_item(discord.ui.Button(label="Form", custom_id="form", disabled=False))
        box.add_item(row)
        self.add_item(box)


class Form(discord.ui.Modal, title="Reason"):
    """A form with one field."""

    reason = discord.ui.TextInput(label="Why", custom_id="why", max_length=20)


class TinyBot(commands.Bot):
    """Has some commands, answers presses and forms, and notes what it hears."""

    def __init__(self) -> None:
        # READY would otherwise be held back for two seconds of wall time, in case more servers come.
        super().__init__(command_prefix="!", intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
        self.seen_interactions: asyncio.Queue[int] = asyncio.Queue()
        self.resumed = asyncio.Event()
        self.joined: list[str] = []
        self.add_imagine()
        self.add_quota()
        self.add_copy()
        self.add_show()

    def add_show(self) -> None:
        @self.tree.context_menu(name="Show files")
        async def show(interaction: discord.Interaction, message: discord.Message) -> None:
            files = [f"{file.filename} {file.content_type} {file.size}" for file in message.attachments]
            galleries = [one for part in message.components for one in getattr(part, "children", ())]
            media = [item.media for one in galleries for item in getattr(one, "items", ())]
            shown = [f"{one.content_type} {one.attachment_id is not None}" for one in media]
            told = [message.author.name, str(message.flags.ephemeral), str(message.webhook_id), *files, *shown]
            await interaction.response.send_message(" | ".join(told), ephemeral=True)

    def add_copy(self) -> None:
        @self.tree.command(name="copy", description="Give a file back")
        async def copy(
            interaction: discord.Interaction, file: discord.Attachment, another: discord.Attachment | None = None
        ) -> None:
            told = f"{file.filename} {file.content_type} {file.width}x{file.height} {file.size} {file.ephemeral}"
            files = [await one.to_file() for one in (file, another) if one is not None]
            await interaction.response.send_message(told, files=files)

    def add_imagine(self) -> None:
        @self.tree.command(name="imagine", description="Make a picture")
        @app_commands.describe(prompt="What to show")
        async def imagine(
            interaction: discord.Interaction, prompt: str, model: str = "turbo", private: bool = False
        ) -> None:
            if prompt == "silence":
                return
            if prompt == "defer":
                await interaction.response.defer(ephemeral=private, thinking=True)
                file = discord.File(png(), "812-1.png")
                await interaction.edit_original_response(view=Picture("late", "812-1.png"), attachments=[file])
                return
            await interaction.response.send_message(view=Picture(f"queued {prompt}"), ephemeral=private)

        @imagine.autocomplete("model")
        async def suggest(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"{current}x", value="wanx")]

    def add_quota(self) -> None:
        quota = app_commands.Group(
            name="quota", description="Rules", default_permissions=discord.Permissions(manage_guild=True)
        )

        @quota.command(name="set-role", description="A rule for a role")
        async def set_role(
            interaction: discord.Interaction, role: discord.Role, amount: app_commands.Range[int, 0, 10]
        ) -> None:
            await interaction.response.send_message(f"{role.name} {amount}", ephemeral=True)

        self.tree.add_command(quota)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.seen_interactions.put_nowait(interaction.id)
        data = interaction.data or {}
        if interaction.type is discord.InteractionType.component and data.get("custom_id") == "form":
            await interaction.response.send_modal(Form())
        elif interaction.type is discord.InteractionType.component:
            await interaction.response.defer()
            file = discord.File(png(), "812-1.png")
            await interaction.edit_original_response(view=Picture("done", "812-1.png"), attachments=[file])
        elif interaction.type is discord.InteractionType.modal_submit:
            await interaction.response.send_message("noted", ephemeral=True)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Leave out the five seconds of wall time before a second IDENTIFY."""

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.joined.append(guild.name)
