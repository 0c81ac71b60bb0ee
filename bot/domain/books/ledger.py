"""The kinds of the ledger's buckets and rows; docs/ledger.md says what each is for."""

from enum import StrEnum


class BucketKind(StrEnum):
    """What a bucket limits, and whose."""

    ALLOWANCE = "allowance"
    BUDGET = "budget"
    CREDIT = "credit"
    POOL = "pool"
    TIER = "tier"
    CAP = "cap"


class EntryKind(StrEnum):
    """What a row of the ledger does."""

    HOLD = "hold"
    SETTLE = "settle"
    VOID = "void"
    EXPIRE = "expire"
    COST = "cost"
    DOUBT = "doubt"
    CORRECTION = "correction"
    GRANT = "grant"
    REFUND = "refund"


class GiftKind(StrEnum):
    """What an admin gives a member."""

    CREDIT = "credit"  # money that lasts until it is used
    PICTURES = "pictures"  # free images of the running period
    PERIOD = "period"  # the running period anew
