import json
from dataclasses import asdict, replace

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import SEED_MAX
from bot.domain.requests.request import ImageRequest, Options, check, fits
from bot.domain.requests.rewriting import (
    FRAME_TOKENS,
    MOST_TOKENS_OUT,
    Enhanced,
    Fault,
    RewritingTerms,
    instruction_for,
)
from bot.domain.text.enhance import Enhance

TERMS = RewritingTerms("qwen3.7-flash", 200_000, 800_000, daily=20)


def request_of(options: Options) -> ImageRequest:
    return check(options, BUILT_IN, drawn_seed=SEED_MAX)


def test_a_cost_is_by_the_million_tokens_and_rounded_up():
    assert TERMS.cost(0, 0) == 0
    assert TERMS.cost(1, 0) == 1
    assert TERMS.cost(5, 0) == 1
    assert TERMS.cost(6, 0) == 2
    assert TERMS.cost(1_000_000, 1_000_000) == 1_000_000


def test_at_most_every_byte_that_is_read_is_a_token():
    assert TERMS.most_cost("", "") == TERMS.cost(FRAME_TOKENS, MOST_TOKENS_OUT)
    assert TERMS.most_cost("ab", "花" * 1000) == TERMS.cost(FRAME_TOKENS + 2 + 3000, MOST_TOKENS_OUT)


@pytest.mark.parametrize(("limit", "told"), [(800, "800"), (5000, "1500")])
@pytest.mark.parametrize("kind", [Enhance.TRANSLATE, Enhance.IMPROVE])
def test_an_instruction_names_how_long_a_prompt_may_become(kind: Enhance, limit: int, told: str):
    assert f"of at most {told} characters." in instruction_for(kind, limit)


def test_a_rewritten_request_is_not_rewritten_again_and_remembers_what_was_typed():
    typed = request_of(Options("a cat", prompt_extend=True))
    assert (typed.typed_prompt, typed.prompt_extend, typed.enhanced) == ("a cat", True, None)
    rewritten = typed.rewritten(Enhance.IMPROVE, "a better cat")
    assert (rewritten.prompt, rewritten.typed_prompt, rewritten.prompt_extend) == ("a better cat", "a cat", False)
    kept = typed.not_rewritten(Enhance.TRANSLATE, Fault.LIMIT)
    assert kept == replace(typed, prompt_extend=False, enhanced=Enhanced(Enhance.TRANSLATE, fault=Fault.LIMIT))
    assert kept.typed_prompt == "a cat"


def test_what_was_rewritten_before_it_was_asked_for_is_not_rewritten_again():
    request = request_of(Options("better", enhanced=Enhanced(Enhance.IMPROVE, "typed", offer_id=7)))
    assert (request.prompt, request.typed_prompt, request.prompt_extend) == ("better", "typed", False)


@pytest.mark.parametrize(
    "enhanced",
    [Enhanced(Enhance.IMPROVE, "a cat", offer_id=5), Enhanced(Enhance.TRANSLATE, fault=Fault.LOST)],
)
def test_it_comes_back_from_json_as_it_was(enhanced: Enhanced):
    assert Enhanced.from_json(json.loads(json.dumps(asdict(enhanced)))) == enhanced


def test_what_fits_goes_by_what_the_models_limit_counts():
    turbo, qwen = BUILT_IN["wanx2.1-t2i-turbo"], BUILT_IN["qwen-image-2.0"]
    assert fits("x" * turbo.prompt_limit, turbo)
    assert not fits("x" * (turbo.prompt_limit + 1), turbo)
    assert fits("the cat " * 300, qwen)
    assert not fits("花" * (qwen.prompt_limit + 1), qwen)
