"""How a stored picture is turned to be shown."""

import struct
from dataclasses import dataclass
from typing import cast

import av
from av.sidedata.sidedata import SideData
from PIL import Image

_TURNS = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}
_FILTERS: dict[int, tuple[tuple[str, str], ...]] = {
    0: (),
    90: (("transpose", "clock"),),
    180: (("hflip", ""), ("vflip", "")),
    270: (("transpose", "cclock"),),
}
_TRANSPOSES = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True)
class Orientation:
    """First mirrored left to right, where ``mirrored``, then turned clockwise by ``rotation`` degrees."""

    rotation: int = 0
    mirrored: bool = False

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.rotation in (90, 270)

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """FFmpeg's filters that apply it, with their arguments."""
        mirror: tuple[tuple[str, str], ...] = (("hflip", ""),) if self.mirrored else ()
        return mirror + _FILTERS[self.rotation]

    def apply(self, picture: Image.Image) -> Image.Image:
        """*picture* as it is shown."""
        if self.mirrored:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        transpose = _TRANSPOSES.get(self.rotation)
        return picture if transpose is None else picture.transpose(transpose)


def orientation_of(frame: av.VideoFrame) -> Orientation:
    """The orientation in *frame*'s display matrix (ISO/IEC 14496-12, 8.3.2), to the nearest quarter of a turn."""
    data = frame.side_data.get("DISPLAYMATRIX")
    matrix = bytes(cast(SideData, data)) if data is not None else b""
    if len(matrix) < 36:
        return Orientation()
    values = struct.unpack("=9i", matrix[:36])
    a, b, c, d = values[0], values[1], values[3], values[4]
    # A point (x, y) is shown at (a·x + c·y, b·x + d·y), y pointing down.
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    across, down = (a > 0) - (a < 0), (b > 0) - (b < 0)
    turn = (across, 0) if abs(a) >= abs(b) else (0, down)
    return Orientation(_TURNS.get(turn, 0), mirrored)
