"""What becomes of a prompt before it is drawn."""

from enum import StrEnum


class Enhance(StrEnum):
    """What becomes of a prompt before it is drawn."""

    OFF = "off"  # it is drawn as it was written
    TRANSLATE = "translate"  # into English
    IMPROVE = "improve"  # in its own language, with what a picture needs beside its subject
