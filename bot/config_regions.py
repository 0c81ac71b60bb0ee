"""In which region the image service is asked, and what can be used there: models, and rewriting, of known prices."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from bot import config_faults
from bot.config_models import ModelEntry, Rewriting, catalogue_of, too_cheap
from bot.domain.money import to_cny
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Model
from bot.domain.requests.vendor_regions import VendorRegion, priced_in
from bot.proxies import is_loopback

HOSTS = {"dashscope.aliyuncs.com": VendorRegion.BEIJING, "dashscope-intl.aliyuncs.com": VendorRegion.SINGAPORE}
WORKSPACES = {
    ".cn-beijing.maas.aliyuncs.com": VendorRegion.BEIJING,
    ".ap-southeast-1.maas.aliyuncs.com": VendorRegion.SINGAPORE,
}
"""The vendor's page on regions: its older addresses, and how those of a workspace end."""


def region_of(base_url: str) -> VendorRegion:
    """Return the region of an address; what runs on this machine itself has the prices of Beijing."""
    host = urlsplit(base_url).hostname or ""
    if is_loopback(host):
        return VendorRegion.BEIJING
    ending = next((region for end, region in WORKSPACES.items() if host.endswith(end)), VendorRegion.UNKNOWN)
    return HOSTS.get(host, ending)


def faults(entries: Mapping[str, ModelEntry], base_url: str) -> Iterator[str]:
    """Name the models that the configuration enables and whose price in the region nobody knows, or can't be."""
    region, host = region_of(base_url), urlsplit(base_url).hostname
    for name, entry in entries.items():
        if name in BUILT_IN and entry.enabled and entry.price is None and priced_in(region, BUILT_IN[name]) is None:
            where = config_faults.written(("models", name))
            known = (
                "Singapore has no such model, as far as is known" if region else f"what it costs at {host} is not known"
            )
            keys = _keys(BUILT_IN[name])
            yield f"{where}: {known} here; set {keys} to what your console shows, in CNY, or enabled = false"
    for name, model in catalogue_of(entries, region).items():
        for key in too_cheap(model):
            price = f"{to_cny(model.price_micros):f} CNY in {region}"
            yield f"{config_faults.written(('models', name, key))}: must be as much as price, or more, which is {price}"
    if not catalogue_of(entries, region) and catalogue_of(entries):
        yield f"models: {'Singapore has none of those that stay enabled' if region else _nothing_known(host)}"


def faults_of_rewriting(rewriting: Rewriting, base_url: str) -> Iterator[str]:
    """Name a text model whose price in the region nobody has confirmed: those of Beijing alone are built in."""
    if region_of(base_url) is not VendorRegion.BEIJING and not rewriting.names_its_prices:
        yield (
            f"rewriting: what {rewriting.model} costs at {urlsplit(base_url).hostname} is not known here; set price_in "
            "and price_out to what your console shows, in CNY per million tokens"
        )


def _nothing_known(host: str | None) -> str:
    example = '[models."wan2.6-t2i"] with price = "0.20"'
    return f"what they cost at {host} is not known here; name each that members may use, such as {example}"


def left_out(entries: Mapping[str, ModelEntry], base_url: str) -> list[str]:
    """Return the models that members could use, had they a price in this region."""
    region = region_of(base_url)
    return [name for name in catalogue_of(entries, VendorRegion.BEIJING) if name not in catalogue_of(entries, region)]


def _keys(model: Model) -> str:
    """Name the parts of a model's price that the configuration has to give."""
    parts = {
        "price_large": model.large_price_micros,
        "price_rewritten": model.rewritten_price_micros,
        "price_input": model.input_price_micros,
    }
    return ", ".join(["price", *(key for key, micros in parts.items() if micros is not None)])
