"""The mark "AI生成" that the law asks of drawn pictures, in strokes: no font here need know Chinese."""

from PIL import Image, ImageDraw

# Each character is a list of strokes on a field of 16 by 16, y downwards.
_A = [[(1, 15), (6, 1), (11, 15)], [(3, 10), (9, 10)]]
_I = [[(3, 1), (3, 15)]]
_SHENG = [[(4, 0), (1, 6)], [(3, 4), (14, 4)], [(8, 0), (8, 15)], [(3, 9), (13, 9)], [(1, 15), (15, 15)]]
_CHENG = [
    [(3, 4), (14, 4)],
    [(3, 4), (3, 10), (1, 15)],
    [(3, 8), (7, 8), (7, 13), (5, 12)],
    [(9, 0), (10, 7), (12, 12), (15, 15), (15, 12)],
    [(14, 7), (12, 11), (8, 15)],
    [(12, 0), (14, 2)],
]
_TEXT = ((_A, 13), (_I, 7), (_SHENG, 18), (_CHENG, 17))
_FINER = 3


def put_on(image: Image.Image) -> None:
    """Draw the mark into the bottom right corner of ``image``, about a fortieth of its shorter side high."""
    scale = max(1.0, min(image.size) / 40 / 16)
    wide = sum(advance for _, advance in _TEXT)
    grain = scale * _FINER
    mask = Image.new("L", (int((wide + 4) * grain), int(20 * grain)))
    pen, left = ImageDraw.Draw(mask), 2.0
    for strokes, advance in _TEXT:
        for stroke in strokes:
            points = [((left + x) * grain, (2 + y) * grain) for x, y in stroke]
            pen.line(points, fill=215, width=max(1, int(1.4 * grain)), joint="curve")
        left += advance
    mask = mask.reduce(_FINER)
    margin = int(14 * scale)
    corner = (image.width - mask.width - margin, image.height - mask.height - margin)
    # The shadow keeps it readable on bright ground.
    image.paste((0, 0, 0), (corner[0] + 1, corner[1] + 1), mask.point([value // 2 for value in range(256)]))
    image.paste((255, 255, 255), corner, mask)
