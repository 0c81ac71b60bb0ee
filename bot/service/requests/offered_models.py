"""The models that a server's members may use, as its settings and the image service have it now."""

from bot.domain.requests.catalogue import Catalogue, fit_for, with_last
from bot.domain.requests.edits import Function
from bot.domain.requests.request import nothing_for, taking_regions
from bot.domain.servers.settings import Settings
from bot.ports import ModelList


class OfferedModels:
    """Knows which models there are, and which of them a server allows."""

    def __init__(self, catalogue: Catalogue, model_list: ModelList) -> None:
        self._catalogue = catalogue
        self._model_list = model_list

    async def known(self) -> Catalogue:
        """Return the models that there are; those that the image service offers no more come after all others."""
        return with_last(self._catalogue, await self._model_list.gone())

    async def allowed(self, settings: Settings) -> Catalogue:
        """Return those of the models that there are which a server allows."""
        catalogue = await self.known()
        return {name: model for name, model in catalogue.items() if not settings.models or name in settings.models}

    async def choice(self, settings: Settings, named: str | None = None) -> Catalogue:
        """Return the models among which a request has its choice, and the one that it names though it is none of them.

        Where a server allows only models that are gone, they are all that there are.
        """
        allowed = await self.allowed(settings) or await self.known()
        return allowed | {name: model for name, model in self._catalogue.items() if name == named}

    async def fitting(
        self, settings: Settings, *, takes_pictures: bool, function: Function | None = None, by_region: bool = False
    ) -> Catalogue:
        """Return what a server allows for what is asked for; none where it allows no model that there is.

        Raises:
            InvalidRequest: if it is to take pictures in, to draw from words alone, to have a function, or to be told a
                region, and no allowed model does.
        """
        allowed = await self.allowed(settings)
        able = taking_regions(allowed) if by_region else allowed
        offered = fit_for(able, takes_pictures=takes_pictures, function=function)
        if not offered and (allowed or takes_pictures):
            raise nothing_for(takes_pictures=takes_pictures, function=function, by_region=by_region)
        return offered
