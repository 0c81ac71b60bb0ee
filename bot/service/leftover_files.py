"""The files of pictures that no row names any more: deleted after the commit that let them go."""

from bot.ports import Pictures, Privacy


class LeftoverFiles:
    """Deletes files; one that can't be deleted is left for the next time and costs the others nothing."""

    def __init__(self, *, privacy: Privacy, pictures: Pictures) -> None:
        self._privacy = privacy
        self._pictures = pictures

    async def clear(self) -> None:
        """Try to delete each of them once."""
        after = ""
        while paths := await self._privacy.leftover_files(after):
            await self._privacy.files_gone(await self._pictures.remove(paths))
            after = paths[-1]
