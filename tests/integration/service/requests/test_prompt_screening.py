import asyncio
import logging
from collections import defaultdict

import pytest

from bot.domain.moderation.prompt_rules import PromptRule, RuleKind, ServerRules
from bot.errors import InvalidRequest, StorageUnavailable
from bot.presentation.kit.answers import refusal_text
from bot.presentation.kit.texts import Texts
from bot.service.requests.prompt_screening import MOST_COMPILED, PromptRefusedHere, Screening

WORD, PATTERN = RuleKind.WORD, RuleKind.PATTERN


class Shelf:
    """Servers' rules in memory, with a count of how often they were read as a whole."""

    def __init__(self) -> None:
        self.stored: dict[int, ServerRules] = defaultdict(lambda: ServerRules(0, ()))
        self.reads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def put(self, server_id: int, *rules: tuple[RuleKind, str]) -> None:
        made = tuple(PromptRule(number, kind, text) for number, (kind, text) in enumerate(rules, 1))
        self.stored[server_id] = ServerRules(self.stored[server_id].version + 1, made)

    async def version(self, server_id: int) -> int:
        await self.gate.wait()
        return self.stored[server_id].version

    async def rules(self, server_id: int) -> ServerRules:
        self.reads += 1
        return self.stored[server_id]


async def refusal(screening: Screening, server_id: int, prompt: str, negative_prompt: str = "") -> PromptRefusedHere:
    with pytest.raises(PromptRefusedHere) as refused:
        await screening.check(server_id, prompt, negative_prompt)
    return refused.value


@pytest.mark.parametrize(
    ("prompt", "negative", "rule_id", "english", "chinese"),
    [
        (
            "a pool of bl*ood",
            "",
            1,
            "The moderators of this server don't allow “blood” in prompts. "
            "Say it differently and try again; nothing was taken from your quota.",
            "本服务器的版主不允许在提示词中使用“blood”。请换个说法再试；没有扣额度。",
        ),
        (
            "a cat",
            "BLOOD",
            1,
            "The moderators of this server don't allow “blood” in negative prompts. "
            "Say it differently and try again; nothing was taken from your quota.",
            "本服务器的版主不允许在反向提示词中使用“blood”。请换个说法再试；没有扣额度。",
        ),
        (
            "a gory cat",
            "",
            2,
            "The moderators of this server have a rule that this prompt breaks. "
            "Say it differently and try again; nothing was taken from your quota.",
            "这段提示词违反了本服务器版主设定的规则。请换个说法再试；没有扣额度。",
        ),
    ],
)
async def test_a_refusal_names_the_field_and_the_word_but_never_the_pattern(
    prompt: str, negative: str, rule_id: int, english: str, chinese: str
):
    shelf = Shelf()
    shelf.put(1, (WORD, "blood"), (PATTERN, r"\bgory?\b"))
    refused = await refusal(Screening(shelf), 1, prompt, negative)
    assert refused.rule_id == rule_id
    texts = Texts.load()
    assert refusal_text(texts, "en-US", refused) == english
    assert refusal_text(texts, "zh-CN", refused) == chinese
    assert prompt not in str(refused)


async def test_each_server_has_rules_of_its_own_and_none_to_begin_with():
    shelf = Shelf()
    shelf.put(1, (WORD, "blood"))
    shelf.put(2, (WORD, "cat"))
    screening = Screening(shelf)
    await screening.check(2, "blood")
    await screening.check(1, "a cat")
    await screening.check(3, "a cat of blood")
    await refusal(screening, 1, "blood")
    await refusal(screening, 2, "a cat")


async def test_rules_are_read_again_only_when_they_changed():
    shelf = Shelf()
    shelf.put(1, (WORD, "blood"))
    screening = Screening(shelf)
    for _ in range(3):
        await refusal(screening, 1, "blood")
    assert shelf.reads == 1
    shelf.put(1, (WORD, "cat"))
    await screening.check(1, "blood")
    await refusal(screening, 1, "cat")
    assert shelf.reads == 2


async def test_of_many_servers_those_used_last_are_kept_ready():
    shelf = Shelf()
    screening = Screening(shelf)
    for server_id in range(MOST_COMPILED):
        await screening.check(server_id, "a cat")
    await screening.check(0, "a cat")
    await screening.check(MOST_COMPILED, "a cat")
    assert shelf.reads == MOST_COMPILED + 1
    await screening.check(0, "a cat")
    assert shelf.reads == MOST_COMPILED + 1
    await screening.check(1, "a cat")
    assert shelf.reads == MOST_COMPILED + 2


async def test_a_check_goes_on_when_its_rules_are_pushed_out_meanwhile():
    shelf = Shelf()
    shelf.put(0, (WORD, "blood"))
    screening = Screening(shelf)
    await screening.check(0, "a cat")
    shelf.gate.clear()
    waiting = asyncio.create_task(refusal(screening, 0, "blood"))
    await asyncio.sleep(0)
    others = [asyncio.create_task(screening.check(server_id, "a cat")) for server_id in range(1, MOST_COMPILED + 1)]
    await asyncio.gather(*others)
    shelf.gate.set()
    assert (await waiting).rule_id == 1


async def test_a_pattern_that_is_not_taken_any_more_refuses_nobody_and_is_logged(caplog: pytest.LogCaptureFixture):
    shelf = Shelf()
    shelf.put(1, (PATTERN, "(?=secret)"), (WORD, "blood"))
    screening = Screening(shelf)
    with caplog.at_level(logging.WARNING):
        await screening.check(1, "secret")
        await refusal(screening, 1, "blood")
    assert [record.getMessage() for record in caplog.records] == [
        "server 1: rule 1 can't be used any more: its pattern is not taken"
    ]


async def test_without_its_rules_nothing_is_let_through():
    class Gone(Shelf):
        async def rules(self, server_id: int) -> ServerRules:
            raise StorageUnavailable(str(server_id))

    with pytest.raises(StorageUnavailable):
        await Screening(Gone()).check(1, "a cat")


async def test_a_new_rule_is_checked():
    screening = Screening(Shelf())
    assert await screening.check_rule(WORD, " blood ", []) == "blood"
    with pytest.raises(InvalidRequest):
        await screening.check_rule(PATTERN, "(", [])


async def test_hostile_rules_do_not_keep_the_event_loop_from_its_work():
    shelf = Shelf()
    shelf.put(1, *((PATTERN, rf"(.*[ab].{{400}}){{2}}{number}") for number in range(3)))
    screening = Screening(shelf)
    check = asyncio.create_task(screening.check(1, "ab" * 400))
    turns = 0
    while not check.done():
        await asyncio.sleep(0)
        turns += 1
    await check
    assert turns > 100
