import subprocess
import sys

import pytest

from bot.errors import AccountStopped, OutcomeUnknown, PromptRefused, RetryLater
from bot.failure_kinds import VENDOR_REFUSALS, Advice
from bot.failure_kinds import FailureKind as Kind
from bot.providers.dashscope.errormap import (
    ERROR_TABLE,
    OUR_CODES,
    ErrorRow,
    advice_for,
    kind_of,
    meaning_for_create,
    meaning_for_poll,
    row_for,
)

DOCUMENTED = """
InvalidParameter InvalidParameter.DataInspection BadRequest.EmptyInput BadRequest.EmptyParameters BadRequest.EmptyModel
BadRequest.IllegalInput BadRequest.TooLarge InvalidURL InvalidURL.Timeout InvalidURL.ConnectionRefused
DataInspectionFailed data_inspection_failed CustomRoleBlocked IPInfringementSuspect Arrearage UnsupportedOperation
InvalidApiKey invalid_api_key AccessDenied AccessDenied.Unpurchased Model.AccessDenied Workspace.AccessDenied
AllocationQuota.FreeTierOnly ModelNotFound model_not_found WorkSpaceNotFound NotFound Throttling Throttling.RateQuota
Throttling.BurstRate Throttling.AllocationQuota CommodityNotPurchased PrepaidBillOverdue PostpaidBillOverdue
InternalError internal_error InternalError.Algo InternalError.Timeout InternalError.Upload InternalError.FileUpload
SystemError ModelServiceFailed RequestTimeOut RewriteFailed ModelServingError ModelUnavailable
"""


def test_every_documented_code_has_a_row_and_no_other():
    assert {row.code for row in ERROR_TABLE} == {*DOCUMENTED.split(), "NOT AUTHORIZED"}


def test_every_row_can_be_found():
    for row in ERROR_TABLE:
        assert row_for(row.code, row.text) is row


def test_a_row_with_a_word_stands_before_the_plain_one():
    keys = [(row.code, row.word) for row in ERROR_TABLE]
    assert len(keys) == len(set(keys))
    for code in {row.code for row in ERROR_TABLE if row.word}:
        words = [row.word for row in ERROR_TABLE if row.code == code]
        assert words[-1] == ""
        assert all(words[:-1])


def test_of_the_vendors_own_troubles_only_those_that_say_so_started_nothing():
    assert {row.code for row in ERROR_TABLE if row.raises is RetryLater} == {"ModelServingError", "ModelUnavailable"}
    in_doubt = {row.code for row in ERROR_TABLE if row.raises is OutcomeUnknown}
    assert in_doubt == {row.code for row in ERROR_TABLE if row.statuses == (500,)}
    for http_status in range(500, 600):
        assert meaning_for_create(http_status, "NeverHeardOf") is OutcomeUnknown


@pytest.mark.parametrize(
    ("http_status", "code"),
    [(503, "ModelUnavailable.Timeout"), (500, "Throttling.New"), (500, "InvalidParameter.New"), (502, "NotFound")],
)
def test_a_trouble_of_the_vendors_that_is_not_documented_as_it_stands_leaves_the_outcome_unknown(
    http_status: int, code: str
):
    assert meaning_for_create(http_status, code) is OutcomeUnknown


@pytest.mark.parametrize("http_status", [408, 499, 504])
@pytest.mark.parametrize("code", ["", "ModelUnavailable", "Throttling", "NeverHeardOf", "InvalidParameter"])
def test_a_gateway_that_gave_up_waiting_leaves_the_outcome_unknown_whatever_it_says(http_status: int, code: str):
    assert meaning_for_create(http_status, code) is OutcomeUnknown


OURS = {Kind.DOUBT, Kind.ANSWER, Kind.FORGOTTEN, Kind.RESULTS, Kind.LOST, Kind.UNKNOWN}
"""What is found out without a code of the vendor's."""


def test_every_kind_that_is_not_ours_is_used():
    assert {row.kind for row in ERROR_TABLE} == set(Kind) - OURS


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DataInspectionFailed", Kind.CONTENT),
        ("CustomRoleBlocked", Kind.CONTENT),
        ("IPInfringementSuspect", Kind.IP),
        ("InternalError.Timeout", Kind.TIMEOUT),
        ("InternalError.SomethingNew", Kind.SERVICE),
        ("AllocationQuota.FreeTierOnly", Kind.MODEL),
        ("PostpaidBillOverdue", Kind.ACCOUNT),
        ("http_413", Kind.SERVICE),
        ("NeverHeardOf", Kind.UNKNOWN),
        ("", Kind.UNKNOWN),
        *OUR_CODES.items(),
    ],
)
def test_any_code_has_a_kind(code: str, kind: Kind):
    assert kind_of(code) is kind


@pytest.mark.parametrize("row", [row for row in ERROR_TABLE if row.kind is Kind.INPUT], ids=lambda row: row.text)
def test_a_picture_that_can_not_be_used_is_told_from_other_parameters(row: ErrorRow):
    assert kind_of(row.code, row.text) is Kind.INPUT
    assert meaning_for_create(400, row.code, row.text) is PromptRefused
    assert kind_of("InvalidParameter", "num_images_per_prompt must be 1") is Kind.PARAMETERS


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("InvalidApiKey", Advice.KEY),
        ("AccessDenied.Unpurchased", Advice.DENIED),
        ("Throttling.AllocationQuota", Advice.FREE_TIER),
        ("InvalidParameter", Advice.ADDRESS),
        ("Throttling", Advice.OTHER),
        ("", Advice.OTHER),
    ],
)
def test_advice_is_found_by_the_longest_known_part_of_a_code(code: str, advice: Advice):
    assert advice_for(code) is advice


def test_a_strike_is_content_or_rights():
    codes = {row.code for row in ERROR_TABLE} | {f"{row.code}.Further" for row in ERROR_TABLE} | set(OUR_CODES)
    refused = {code for code in codes if kind_of(code) in VENDOR_REFUSALS}
    families = ("DataInspectionFailed", "data_inspection_failed", "CustomRoleBlocked", "IPInfringementSuspect")
    assert refused == {f"{code}{end}" for code in families for end in ("", ".Further")}


def test_without_the_vendors_body_only_a_clear_no_is_no_doubt():
    for http_status in (*range(100, 300), 408, 499, *range(500, 600)):
        assert meaning_for_create(http_status, "") is OutcomeUnknown
    for http_status in range(300, 400):
        assert meaning_for_create(http_status, "") is AccountStopped


def test_a_poll_never_ends_a_job():
    for http_status in range(100, 600):
        for code in ("", "NeverHeardOf", "DataInspectionFailed", "ModelNotFound"):
            assert issubclass(meaning_for_poll(http_status, code), (RetryLater, AccountStopped))


def test_the_map_can_be_used_without_an_http_client():
    script = "import sys, bot.providers.dashscope.errormap; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
