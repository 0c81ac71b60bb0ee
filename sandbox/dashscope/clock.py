"""The vendor's own clock, which need not agree with anybody else's."""

from sandbox.clock import ShiftedClock


class VendorClock(ShiftedClock):
    """All that the vendor dates follows it.

    That is the Date header, the times and windows of the task list, the expiry of signed URLs. Move it only while no
    task is under way: what is due would move too.
    """
