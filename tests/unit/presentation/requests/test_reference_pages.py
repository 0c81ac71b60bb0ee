"""Sets of pictures fit what Discord takes of them."""

from bot.domain.pictures.inputs import DATA_URI_MAX_BYTES
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.references import KEPT, MOST_OWN, MOST_SHARED
from bot.presentation.kit.limits import MOST_CHOICES, SURE_LIMIT_BYTES
from cogs.references import PICTURES


def test_all_sets_that_a_member_may_use_fit_the_list_that_is_offered():
    assert MOST_OWN + MOST_SHARED <= MOST_CHOICES


def test_a_set_fits_one_message_wherever_it_is_shown():
    assert DATA_URI_MAX_BYTES * 3 // 4 <= SURE_LIMIT_BYTES


def test_a_set_takes_what_any_model_does():
    rules = [model.pictures for model in BUILT_IN.values() if model.pictures is not None]
    assert (KEPT.most, KEPT.max_bytes) == (max(one.most for one in rules), max(one.max_bytes for one in rules))
    assert len(PICTURES) == KEPT.most
