"""Draws the demo's clip, a dog that limps, and its photo; run with the media service's Python: FOLDER.

Phones film H.264 in MP4, so does this: what the demo shows is what the media service does with a phone's clip.
"""

import math
import sys
from pathlib import Path

import av
from PIL import Image, ImageDraw

SIZE = (960, 540)
RATE = 30
SECONDS = 6
STEPS_A_SECOND = 1.4
FUR, DARK, GRASS, SKY = (166, 112, 62), (92, 58, 30), (122, 160, 92), (206, 226, 236)
LEGS = {-110: 0.0, -70: 0.5, 70: 0.5, 110: 0.0}
"""Where the legs stand (pixels from the middle) and when in the step they swing (0 to 1)."""
LAME = 110


def draw(time: float) -> Image.Image:
    """Return the picture at a time (s): the right foreleg barely touches the ground, and the head nods with it."""
    picture = Image.new("RGB", SIZE, SKY)
    canvas = ImageDraw.Draw(picture)
    width, height = SIZE
    ground = height - 110
    canvas.rectangle((0, ground, width, height), fill=GRASS)
    for post in range(-1, 8):
        left = (post * 160 - time * 140) % (width + 160) - 80
        canvas.rectangle((left, ground - 120, left + 14, ground), fill=(222, 214, 196))
    canvas.rectangle((0, ground - 96, width, ground - 84), fill=(222, 214, 196))
    phase = time * STEPS_A_SECOND
    nod = 14 * max(0.0, math.sin(2 * math.pi * phase))
    middle, back = width / 2, ground - 120 + 4 * math.sin(4 * math.pi * phase)
    for place, offset in LEGS.items():
        swing = math.sin(2 * math.pi * (phase + offset))
        reach = (12 if place == LAME else 34) * swing
        lift = max(0.0, math.cos(2 * math.pi * (phase + offset))) * (30 if place == LAME else 14)
        foot = (middle + place + reach, ground + 12 - lift)
        canvas.line((middle + place, back + 30, *foot), fill=DARK if offset else FUR, width=26)
        canvas.ellipse((foot[0] - 18, foot[1] - 10, foot[0] + 20, foot[1] + 10), fill=DARK)
    canvas.ellipse((middle - 165, back - 55, middle + 165, back + 60), fill=FUR)
    tail = back - 70 + 18 * math.sin(6 * math.pi * phase)
    canvas.line((middle - 150, back - 20, middle - 225, tail), fill=FUR, width=18)
    head = (middle + 195, back - 70 + nod)
    canvas.line((middle + 120, back - 20, *head), fill=FUR, width=64)
    canvas.ellipse((head[0] - 58, head[1] - 46, head[0] + 58, head[1] + 46), fill=FUR)
    canvas.ellipse((head[0] + 20, head[1] - 12, head[0] + 96, head[1] + 34), fill=FUR)
    canvas.ellipse((head[0] + 78, head[1] - 2, head[0] + 98, head[1] + 14), fill=(30, 24, 20))
    canvas.ellipse((head[0] + 14, head[1] - 22, head[0] + 28, head[1] - 8), fill=(30, 24, 20))
    canvas.polygon([(head[0] - 44, head[1] - 30), (head[0] - 70, head[1] + 40), (head[0] - 14, head[1] - 6)], fill=DARK)
    return picture


def film(path: Path) -> None:
    """Write the clip."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.gop_size = RATE
        for number in range(RATE * SECONDS):
            container.mux(stream.encode(av.VideoFrame.from_image(draw(number / RATE))))  # type: ignore[no-untyped-call]
        container.mux(stream.encode())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    film(folder / "limping.mp4")
    draw(0.5).crop((480, 180, 860, 465)).resize((1520, 1140)).save(folder / "foreleg.jpg", quality=90)
