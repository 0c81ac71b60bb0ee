"""Jobs, from the request to the last word. Each method is one transaction."""

from bot.storage.jobs.delivery import DeliveryChanges
from bot.storage.jobs.requests import RequestChanges
from bot.storage.jobs.vendor import VendorChanges


class SqliteJobs(RequestChanges, VendorChanges, DeliveryChanges):
    """The jobs port, on SQLite."""
