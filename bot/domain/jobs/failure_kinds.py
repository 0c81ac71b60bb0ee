"""What a failure means, whatever code an image service gave it."""

from enum import StrEnum


class FailureKind(StrEnum):
    """What a member is told, for any code of a refusal, a failed task or a failed image."""

    CONTENT = "content"  # moderation of the prompt or of the picture
    IP = "ip"  # suspected infringement of somebody's rights
    PARAMETERS = "parameters"  # something in the request is out of range
    SERVICE = "service"  # the vendor's own trouble, or the way to it
    TIMEOUT = "timeout"  # the vendor took too long
    THROTTLED = "throttled"  # too many requests
    ACCOUNT = "account"  # key, arrears, permission
    MODEL = "model"  # this model is gone, not opened, or its free quota is used up
    UNKNOWN = "unknown"


VENDOR_REFUSALS = frozenset({FailureKind.CONTENT, FailureKind.IP})
"""The service was well and refused what was asked for."""


class Advice(StrEnum):
    """What the operator can do about a code that stopped a model or the account."""

    KEY = "key"
    ARREARS = "arrears"
    DENIED = "denied"
    FREE_TIER = "free-tier"
    MODEL = "model"
    ADDRESS = "address"
    OTHER = "other"
