from zoneinfo import ZoneInfo

from bot.domain.books.bill import Bill, CapUse, ModelBill, ServerUse, TierLeft, by_model
from bot.domain.time.periods import Period

BILL = Bill(
    Period("2026-W48", 1, 2),
    ZoneInfo("Asia/Shanghai"),
    (ModelBill("a", 3, 1, 2, 4, 5), ModelBill("b", 1)),
    (ServerUse(7, 3, 2, 1),),
    (TierLeft("a", 12, 99),),
    CapUse("2026-11", 2, 4, None),
)


def test_a_bill_survives_being_written_down():
    assert Bill.from_json(BILL.to_json()) == BILL


def test_the_total_is_the_sum_of_the_models():
    assert BILL.total == ModelBill("", 4, 1, 2, 4, 5)
    assert not BILL.is_empty


def test_parts_of_one_model_are_put_together_and_the_most_expensive_comes_first():
    parts = [ModelBill("a", 1, cost_micros=1), ModelBill("b", 1, cost_micros=3), ModelBill("a", 2, doubtful_micros=1)]
    assert by_model([*parts, ModelBill("c", 4), ModelBill("d", 5)]) == (
        ModelBill("b", 1, cost_micros=3),
        ModelBill("a", 3, cost_micros=1, doubtful_micros=1),
        ModelBill("d", 5),
        ModelBill("c", 4),
    )
