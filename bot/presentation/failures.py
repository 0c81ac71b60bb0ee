"""Codes of failures as texts for members, and as advice for the operator."""

FAILURES = {
    "DataInspectionFailed": "failure-content",
    "data_inspection_failed": "failure-content",
    "IPInfringementSuspect": "failure-ip",
    "InvalidParameter": "failure-parameter",
    "InvalidURL": "failure-parameter",
    "InternalError": "failure-service",
    "internal_error": "failure-service",
    "InternalError.Timeout": "failure-timeout",
    "RequestTimeOut": "failure-timeout",
    "SystemError": "failure-service",
    "ModelServiceFailed": "failure-service",
    "Throttling": "failure-busy",
    "InvalidApiKey": "failure-stopped",
    "invalid_api_key": "failure-stopped",
    "Arrearage": "failure-stopped",
    "AccessDenied": "failure-stopped",
    "Model.AccessDenied": "failure-stopped",
    "Workspace.AccessDenied": "failure-stopped",
    "AllocationQuota": "failure-stopped",
    "ModelNotFound": "failure-stopped",
    "model_not_found": "failure-stopped",
    "in_doubt": "failure-doubt",
    "task_forgotten": "failure-forgotten",
    "no_results": "failure-results",
    "result_rejected": "failure-results",
    "result_unavailable": "failure-results",
}
"""Text keys by the vendor's code or a word of ours; a code that isn't here is looked up by what stands before a dot."""

EXPIRIES = {"waited_too_long": "expired-wait", "lane_stopped": "expired-stopped"}

UNDELIVERED = {
    "forbidden": "undelivered-forbidden",
    "gone": "undelivered-gone",
    "too_large": "undelivered-large",
    "unreachable": "undelivered-unreachable",
}

ADVICE = {
    "InvalidApiKey": "advice-key",
    "invalid_api_key": "advice-key",
    "Arrearage": "advice-arrears",
    "AccessDenied": "advice-denied",
    "Model.AccessDenied": "advice-denied",
    "Workspace.AccessDenied": "advice-denied",
    "AllocationQuota.FreeTierOnly": "advice-free-tier",
    "Throttling.AllocationQuota": "advice-free-tier",
    "ModelNotFound": "advice-model",
    "model_not_found": "advice-model",
}


def failure_key(code: str) -> str:
    """Give the text for a failed job or image."""
    return _look_up(FAILURES, code, "failure-unknown")


def expiry_key(reason: str) -> str:
    """Give the text for a job that waited too long."""
    return EXPIRIES.get(reason, "expired-wait")


def undelivered_key(reason: str) -> str:
    """Give the text for pictures that Discord would not take."""
    return UNDELIVERED.get(reason, "undelivered-other")


def advice_key(code: str) -> str:
    """Give what the operator can do about a code that stopped a lane."""
    return _look_up(ADVICE, code, "advice-other")


def _look_up(keys: dict[str, str], code: str, otherwise: str) -> str:
    """Find the longest known part of ``code`` that ends before a dot: ``A.B.C``, then ``A.B``, then ``A``."""
    while code:
        if code in keys:
            return keys[code]
        code = code.rpartition(".")[0]
    return otherwise
