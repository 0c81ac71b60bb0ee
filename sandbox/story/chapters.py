"""The chapters, in order."""

from sandbox.story import requests, trouble

CHAPTERS = (
    ("Mei asks for a flower shop", requests.flower_shop),
    ("Two of four pictures are made", requests.partly_made),
    ("The image service refuses", requests.refused),
    ("The quota doesn't cover it", requests.over_quota),
    ("Changing one's mind, and a moderator at work", trouble.canceled_and_deleted),
    ("Lost connections", trouble.lost_connections),
    ("The bot is stopped while it draws", trouble.restarted),
    ("Lin has a picture edited", requests.edited),
)
"""Each with its heading; they build on each other: who has used what, and which numbers the jobs have."""
