"""The files of pictures that no row names any more: deleted after the commit that let them go."""

import logging

from bot.ports import Clock, Pictures, Privacy

log = logging.getLogger(__name__)

LOOK_EVERY_S = 24 * 3600.0
"""How often the folder is looked through, and at the start: what a killed run left has no row."""

AT_ONCE = 500
"""Files whose rows are looked up in one reading."""


class LeftoverFiles:
    """Deletes files; one that can't be deleted is left for the next time and costs the others nothing."""

    def __init__(self, *, privacy: Privacy, pictures: Pictures, clock: Clock) -> None:
        self._privacy = privacy
        self._pictures = pictures
        self._clock = clock
        self._looked_s = float("-inf")

    async def clear(self) -> None:
        """Try to delete each of them once."""
        after = ""
        while paths := await self._privacy.leftover_files(after):
            await self._privacy.files_gone(await self._pictures.remove(paths))
            after = paths[-1]

    async def find(self) -> None:
        """Look, once a day, for files that no row names and no download is about to record: these are let go.

        Files of jobs that the database does not know are another one's, or were made after the copy that was restored:
        they are not this program's to delete.
        """
        if self._clock.monotonic() < self._looked_s + LOOK_EVERY_S:
            return
        found = await self._pictures.found()
        unknown = 0
        for start in range(0, len(found), AT_ONCE):
            orphans, strangers = await self._privacy.orphans(found[start : start + AT_ONCE])
            unknown += strangers
            if orphans:
                log.warning("%s pictures have no row, such as %s: they are deleted", len(orphans), orphans[0])
                await self._privacy.let_go(orphans)
        if unknown:
            log.warning("%s pictures are of jobs that this database does not know; they stay where they are", unknown)
        self._looked_s = self._clock.monotonic()
