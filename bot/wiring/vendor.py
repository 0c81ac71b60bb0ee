"""The image service, wired: who draws, and who fetches what was drawn."""

from contextlib import AsyncExitStack

import aiohttp

from bot.config import Config
from bot.ports import Clock, ImageService, TextModel
from bot.providers.dashscope.client import DashScopeClient
from bot.providers.dashscope.results import ResultFetcher
from bot.providers.dashscope.text_model import DashScopeTextModel
from bot.proxies import session


async def open_image_service(config: Config, clock: Clock, stack: AsyncExitStack) -> ImageService:
    """Return the service as the configuration names it; what it holds is closed with ``stack``."""
    vendor = await stack.enter_async_context(session(config.proxies().to(config.dashscope.base_url)))
    return DashScopeClient(
        vendor,
        base_url=config.dashscope.base_url,
        api_key=config.dashscope.api_key.get_secret_value(),
        catalogue=config.catalogue(),
        clock=clock,
    )


async def open_text_model(config: Config, clock: Clock, stack: AsyncExitStack) -> TextModel | None:
    """Return the model that rewrites prompts; None where the configuration names none."""
    if config.rewriting is None:
        return None
    vendor = await stack.enter_async_context(session(config.proxies().to(config.dashscope.base_url)))
    return DashScopeTextModel(
        vendor,
        base_url=config.dashscope.base_url,
        api_key=config.dashscope.api_key.get_secret_value(),
        model=config.rewriting.model,
        clock=clock,
    )


async def open_results(config: Config, clock: Clock, stack: AsyncExitStack) -> ResultFetcher:
    """Return who fetches its results; what it holds is closed with ``stack``."""
    # Signed result URLs must go out bare: a default header or a cookie would spoil the signature or leak the key.
    bare = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    return ResultFetcher(
        bare,
        folder=config.storage.images,
        result_hosts=config.dashscope.result_hosts,
        clock=clock,
        proxies=config.proxies(),
    )
