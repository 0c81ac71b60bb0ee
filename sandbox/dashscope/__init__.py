"""A strict stand-in for DashScope's picture APIs and its text models, with its bill and its signed result images.

Sources: the project's notes on DashScope (recorded captures, the vendor's pages, its SDK). What no source
settles is marked with the word ``Guess`` where it is decided. Marker words for prompts are in `outcomes`, and for those
that are to be rewritten in `texts`.
"""

from sandbox.dashscope.billing import BillLine, FreeTier
from sandbox.dashscope.models import DEFAULT_MODELS, SizeRule, StandInModel
from sandbox.dashscope.outcomes import Outcome
from sandbox.dashscope.refusals import Failure, Refusal
from sandbox.dashscope.server import DashScopeStandIn
from sandbox.dashscope.tasks import Status, TaskRecord
from sandbox.dashscope.texts import TextCall, TextOutcome

__all__ = [
    "DEFAULT_MODELS",
    "BillLine",
    "DashScopeStandIn",
    "Failure",
    "FreeTier",
    "Outcome",
    "Refusal",
    "SizeRule",
    "StandInModel",
    "Status",
    "TaskRecord",
    "TextCall",
    "TextOutcome",
]
