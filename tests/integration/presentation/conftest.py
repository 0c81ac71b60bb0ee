import warnings

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord  # noqa: F401

from tests.support.stage import policy, stage


@pytest.fixture
async def st(tmp_path):
    async with stage(tmp_path, policy(free=50)) as made:
        yield made
