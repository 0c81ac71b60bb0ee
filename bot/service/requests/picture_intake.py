"""Pictures that come in with a request: fetched, made fit to be sent, and kept before the request is taken.

Their files are expected in the database before they are written, and nobody's leftovers once the transaction that takes
the request has named them: whatever is left in between goes at the next start, or in a sweeper's next round.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from weakref import WeakValueDictionary

from bot.domain.pictures.inputs import (
    DATA_URI_MAX_BYTES,
    Brought,
    HandedIn,
    InputPicture,
    PictureRule,
    Prepared,
    ReferencePicture,
    data_uri_bytes,
)
from bot.domain.pictures.masks import MASK_URI_BYTES, prepare_mask
from bot.domain.pictures.names import input_name
from bot.domain.pictures.preparing import check_weight, prepare
from bot.errors import AttachmentForeign, AttachmentUnavailable, InvalidRequest, StorageUnavailable, Unavailable
from bot.ports import Attachments, Pictures, Privacy

log = logging.getLogger(__name__)

REQUESTS_AT_ONCE = 4
"""Whose pictures are in memory: of each at most one file of 20 MB and one that is ready; the others wait."""

DECODED_AT_ONCE = 1
"""One of 40 million pixels takes up to 650 MB while it is made ready, where it is see-through; else 400 MB."""


class PictureIntake:
    """Takes pictures in."""

    def __init__(self, *, attachments: Attachments, pictures: Pictures, privacy: Privacy) -> None:
        self._attachments = attachments
        self._pictures = pictures
        self._privacy = privacy
        self._requests = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self._decoding = asyncio.Semaphore(DECODED_AT_ONCE)
        self._turns = WeakValueDictionary[int, asyncio.Lock]()
        self._under_way: set[str] = set()

    def turn_of(self, member_id: int) -> asyncio.Lock:
        """Return what a member's requests with pictures wait at: however many they make, one is worked at."""
        return self._turns.setdefault(member_id, asyncio.Lock())

    @asynccontextmanager
    async def taken(
        self,
        handed_in: tuple[Brought, ...],
        rule: PictureRule,
        server_id: int,
        request_id: int,
        *,
        mask: HandedIn | None = None,
    ) -> AsyncGenerator[tuple[InputPicture, ...]]:
        """Keep pictures while their request is taken; those that it did not take are left to be deleted.

        Args:
            handed_in: by the member, or of a set that is kept, in their order.
            rule: which pictures the model takes in.
            server_id: where.
            request_id: the interaction's.
            mask: of the last of them; it comes last.

        Raises:
            InvalidRequest: saying what is wrong with one of them.
            Unavailable: if one of them can't be had now.
            StorageUnavailable: if they can't be kept now.
        """
        for one in (*handed_in, *([mask] if mask else [])):
            check_weight(one.size_bytes, rule, one.filename)
        mark, paths = secrets.token_hex(4), list[str]()
        try:
            async with self._requests:
                kept: dict[int, InputPicture] = {}
                room_bytes = DATA_URI_MAX_BYTES - (MASK_URI_BYTES if mask is not None else 0)
                # The smallest come first: what they don't need is left to the others.
                for ordinal in sorted(range(len(handed_in)), key=lambda k: handed_in[k].size_bytes):
                    share_bytes = room_bytes // (len(handed_in) - len(kept))
                    fit = partial(prepare, rule=rule, uri_bytes=share_bytes)
                    ready = await self._ready(handed_in[ordinal], rule.max_bytes, fit)
                    room_bytes -= data_uri_bytes(ready.ending, len(ready.data))
                    paths.append(input_name(server_id, request_id, ordinal, mark) + ready.ending)
                    is_kept = isinstance(handed_in[ordinal], ReferencePicture)
                    kept[ordinal] = replace(await self._keep(ready, paths[-1]), is_kept=is_kept)
                    if mask is not None and ordinal == len(handed_in) - 1:
                        ready = await self._ready(mask, rule.max_bytes, partial(prepare_mask, base=ready, rule=rule))
                        paths.append(input_name(server_id, request_id, len(handed_in), mark) + ready.ending)
                        kept[len(handed_in)] = await self._keep(ready, paths[-1])
            yield tuple(kept[ordinal] for ordinal in sorted(kept))
        except Exception:
            # Not where it is canceled: the transaction that takes them may still be on its way.
            await self._give_up(paths)
            raise
        else:
            await self._give_up(paths)
        finally:
            self._under_way.difference_update(paths)

    async def give_up_the_rest(self) -> None:
        """Leave to be deleted what nobody is at any more: a kill, a cancellation or an outage left it behind."""
        expected = await self._privacy.expected_files()
        left = [path for path in expected if path not in self._under_way]
        if left:
            await self._privacy.give_files_up(left)

    async def _ready(self, one: Brought, most_bytes: int, make: Callable[..., Prepared]) -> Prepared:
        """Fetch a file and make it into what is sent of it, by a function that takes its bytes and its name."""
        data = await self._fetch(one, most_bytes)
        async with self._decoding:
            return await asyncio.to_thread(make, data, filename=one.filename)

    async def _fetch(self, one: Brought, most_bytes: int) -> bytes:
        if not isinstance(one, HandedIn):
            data = await self._pictures.read(one.path)
            if data is None:
                key = "reference-picture-gone" if isinstance(one, ReferencePicture) else "made-picture-gone"
                raise Unavailable(key, file=one.filename)
            return data
        try:
            return await self._attachments.fetch(one, most_bytes)
        except AttachmentForeign:
            raise InvalidRequest("picture-foreign", file=one.filename) from None
        except AttachmentUnavailable:
            raise Unavailable("picture-not-fetched", file=one.filename) from None

    async def _keep(self, ready: Prepared, path: str) -> InputPicture:
        self._under_way.add(path)
        await self._privacy.expect_files([path])
        await self._pictures.keep(path, ready.data)
        return InputPicture(
            path, len(ready.data), ready.width, ready.height, ready.is_scaled, ready.is_flattened, ready.is_mask
        )

    async def _give_up(self, paths: list[str]) -> None:
        """Leave to be deleted what its request has not taken."""
        try:
            await self._privacy.give_files_up(paths)
        except StorageUnavailable as error:
            log.warning("pictures that came in are given up later: %s", error)
