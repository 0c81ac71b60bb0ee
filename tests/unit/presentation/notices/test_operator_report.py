from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.domain.books.bill import Bill, CapUse, ModelBill, ServerUse, TierLeft
from bot.domain.jobs.notice import Notice
from bot.domain.time.periods import PeriodKind, period_at
from bot.presentation.kit.texts import Texts
from bot.presentation.notices.operator_report import MOST_LINES, text_of

TEXTS = Texts.load()
NEW_YORK = ZoneInfo("America/New_York")
NOVEMBER_1_MS = 1_793_520_000_000
BILL = Bill(
    period_at(PeriodKind.WEEK, NEW_YORK, NOVEMBER_1_MS),
    NEW_YORK,
    (ModelBill("wanx2.1-t2i-turbo", 12, 2, 1_400_000, 280_000, 140_000),),
    (ServerUse(7, 9, 1_260_000, 140_000), ServerUse(8, 3, 420_000, 0), ServerUse(9, 0, 0, 0)),
    (TierLeft("wanx2.1-t2i-turbo", 0, 5_000), TierLeft("wanx2.1-t2i-plus", 500, 5_000)),
    CapUse("2026-11", 1_400_000, 280_000, 50_000_000),
)


def say(bill: Bill) -> str:
    notice = Notice(1, "operator-report", None, {"bill": bill.to_json()}, 0, 0)
    return text_of(notice, {7: "星空 **x**"}, TEXTS).replace("\\", "")


def test_the_word_has_every_figure_and_names_the_servers_that_are_known():
    assert say(BILL).replace("\u2009", " ").splitlines() == [
        "**Last week · Oct 26 – Nov 1, 2026**",
        "The image service bills CN¥1.40 for 12 pictures, 2 of them from free tiers. Members were charged CN¥0.14.",
        "- wanx2.1-t2i-turbo: 12 · CN¥1.40",
        "It may bill CN¥0.28 besides: `jobs in-doubt` names what is unclear.",
        "Cap of 2026-11: CN¥1.68 of CN¥50.00 are used so far.",
        "Free tier of wanx2.1-t2i-turbo: nothing left.",
        "Free tier of wanx2.1-t2i-plus: 500 left, ends <t:5:R>.",
        "- 星空 **x**: 9 pictures, CN¥1.26 at list price",
        "- 8: 3 pictures, CN¥0.42 at list price",
    ]


def test_without_cap_or_doubt_neither_is_spoken_of():
    said = say(replace(BILL, models=(ModelBill("a", 1),), cap=CapUse("2026-11", 0, 0, None)))
    assert "Bill of 2026-11 so far: CN¥0.00; there is no cap." in said
    assert "besides" not in said


def test_a_text_model_is_counted_in_prompts_and_what_was_lost_of_it_is_said_apart():
    texts = ModelBill("qwen3.7-flash", cost_micros=20_000, doubtful_micros=10_000, rewritings=3)
    said = say(replace(BILL, models=(*BILL.models, texts)))
    assert "- qwen3.7-flash: 3 rewritten prompts · CN¥0.02" in said
    assert "It may bill CN¥0.28 besides" in said
    assert "It may bill CN¥0.01 for rewritten prompts that were lost on their way or kept back" in said


def test_however_many_there_are_the_word_fits_one_message():
    many = range(1, 10 * MOST_LINES)
    name = "wanx2.1-t2i-turbo-preview-of-a-long-name"
    bill = replace(
        BILL,
        models=tuple(ModelBill(f"{name}{nth}", 10**6, cost_micros=10**11) for nth in many),
        servers=tuple(ServerUse(2**62 + nth, 10**6, 10**11, 0) for nth in many),
        tiers=tuple(TierLeft(f"{name}{nth}", 500, 10**13) for nth in many),
    )
    notice = Notice(1, "operator-report", None, {"bill": bill.to_json()}, 0, 0)
    names = {2**62 + nth: "*_" * 50 for nth in many}
    assert len(text_of(notice, names, TEXTS)) <= 2000
    *said, last = say(bill).splitlines()
    named = [line for line in said if "at list price" in line]
    assert named
    assert last == f"- and {len(many) - len(named)} other servers"
