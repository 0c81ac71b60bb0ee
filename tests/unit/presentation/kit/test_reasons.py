import pytest

from bot.failure_kinds import FailureKind
from bot.presentation.kit.reasons import FOR_MODERATORS, failure_key


@pytest.mark.parametrize("kind", [FailureKind.ACCOUNT, FailureKind.MODEL])
def test_a_task_that_ends_by_a_code_of_the_account_or_model_claims_no_stop(kind: FailureKind):
    assert failure_key(kind) == failure_key(None)


def test_what_members_read_apart_moderators_read_apart():
    assert len(set(FOR_MODERATORS.values())) == len(FOR_MODERATORS)
