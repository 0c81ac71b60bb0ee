"""Pictures as half blocks: two pixels in each character."""

import io

from PIL import Image
from rich.text import Text


def thumbnail(data: bytes, columns: int) -> Text:
    """Draw a picture ``columns`` characters wide."""
    with Image.open(io.BytesIO(data)) as picture:
        rows = max(1, round(columns * picture.height / picture.width / 2))
        small = picture.convert("RGB").resize((columns, rows * 2), Image.Resampling.LANCZOS)
    pixels = small.tobytes()

    def colour(x: int, y: int) -> str:
        at = 3 * (y * columns + x)
        return f"#{pixels[at : at + 3].hex()}"

    text = Text(no_wrap=True)
    for row in range(rows):
        for x in range(columns):
            text.append("▀", f"{colour(x, 2 * row)} on {colour(x, 2 * row + 1)}")
        text.append("\n")
    text.right_crop(1)
    return text


def size_of(data: bytes) -> tuple[int, int]:
    """Decode a picture to its last pixel and give its size."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture.size
