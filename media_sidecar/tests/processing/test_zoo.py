"""Each file of the zoo is taken for what it is, gets a poster, and a rendition only where it needs one."""

import av
import numpy
import pytest
from PIL import Image

from media_sidecar.processing import Refused
from media_sidecar.processing.containers import is_seekable_webm
from media_sidecar.processing.frames import KEY_FRAME_EVERY
from media_sidecar.processing.jobs import Plan, Unusable

from .conftest import Keeper
from .film import UPRIGHT, boxes_of, numbers_in, read_corners, read_number, shown, times_in
from .zoo import ENCODED_VIDEOS, PHOTOS, REFUSED, TAKEN, ZOO, Animal

pytestmark = pytest.mark.filterwarnings("ignore")

taken = pytest.mark.parametrize("animal", TAKEN, ids=lambda animal: animal.name)
rendered_films = pytest.mark.parametrize(
    "animal",
    [animal for animal in TAKEN if animal.rendition and animal.kind == "video"],
    ids=lambda animal: animal.name,
)


def named(plan: Plan | None) -> str:
    """A plan in the words of the table."""
    if plan is None:
        return ""
    steps = ", ".join(filter(None, (plan.video, plan.audio)))
    return f"{plan.container}: {steps}" if steps else plan.container


@taken
async def test_it_is_taken_for_what_it_is(keeper: Keeper, animal: Animal) -> None:
    found = await keeper.inspect(animal.name)
    size = (found.width, found.height) if found.width else None
    assert (found.kind, found.mime, size, found.rotation, named(found.plan), found.has_poster) == (
        animal.kind,
        animal.mime,
        animal.size,
        animal.rotation,
        animal.rendition,
        animal.has_poster,
    )
    if animal.duration is not None:
        assert found.duration == pytest.approx(animal.duration, abs=0.1)
    assert len(found.problems) == bool(animal.problem)
    assert animal.problem in " ".join(found.problems)


@pytest.mark.parametrize("animal", REFUSED, ids=lambda animal: animal.name)
async def test_it_is_refused_with_a_reason(keeper: Keeper, animal: Animal) -> None:
    with pytest.raises((Refused, Unusable)) as refusal:
        await keeper.inspect(animal.name)
    assert getattr(refusal.value, "code", "") == animal.code
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "animal", [animal for animal in TAKEN if animal.has_poster and not animal.problem], ids=lambda animal: animal.name
)
async def test_its_poster_shows_it_upright_and_small(keeper: Keeper, animal: Animal) -> None:
    await keeper.inspect(animal.name)
    with Image.open(keeper.work_of(animal.name, "poster.jpg")) as poster:
        assert poster.format == "JPEG"
        assert max(poster.size) <= 640
        assert animal.size is not None
        assert poster.width / poster.height == pytest.approx(animal.size[0] / animal.size[1], rel=0.02)
        assert read_corners(poster) == UPRIGHT


async def test_a_poster_is_not_one_of_the_black_frames_at_the_start(keeper: Keeper) -> None:
    await keeper.inspect("dark-start.mp4")
    with Image.open(keeper.work_of("dark-start.mp4", "poster.jpg")) as poster:
        assert read_number(poster) >= 12


@rendered_films
async def test_every_frame_of_its_rendition_is_upright_and_in_its_place(keeper: Keeper, animal: Animal) -> None:
    found = await keeper.render(animal.name)
    assert found.duration
    path = keeper.work_of(animal.name, f"rendition.{animal.rendition.partition(':')[0]}")
    if animal.frames:
        assert numbers_in(path) == list(range(animal.frames))
    with av.open(str(path)) as container:
        picture = shown(next(container.decode(video=0)))
    assert read_corners(picture) == UPRIGHT
    assert picture.size == (found.width, found.height)


@rendered_films
async def test_every_frame_of_its_rendition_has_the_time_that_it_had(keeper: Keeper, animal: Animal) -> None:
    await keeper.render(animal.name)
    before = times_in(keeper.file(animal.name))
    after = times_in(keeper.work_of(animal.name, f"rendition.{animal.rendition.partition(':')[0]}"))
    count = min(len(before), len(after))
    assert count >= 5
    assert numpy.allclose(numpy.array(before[:count]) - before[0], numpy.array(after[:count]) - after[0], atol=0.0011)


@pytest.mark.parametrize("animal", ENCODED_VIDEOS, ids=lambda animal: animal.name)
async def test_its_rendition_plays_everywhere_and_steps_quickly(keeper: Keeper, animal: Animal) -> None:
    await keeper.render(animal.name)
    path = keeper.work_of(animal.name, "rendition.mp4")
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
        assert [track.codec_context.codec.canonical_name for track in container.streams.audio] in ([], ["aac"], ["mp3"])
        width, height = video.width, video.height
        assert width % 2 == height % 2 == 0
        assert max(width, height) <= 1920
        assert min(width, height) <= 1080
        packets = [packet for packet in container.demux(video) if packet.size]
    assert all(packet.pts == packet.dts for packet in packets)
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    assert keys[0] == 0
    assert max(numpy.diff([*keys, len(packets)])) <= KEY_FRAME_EVERY


@rendered_films
async def test_a_player_finds_the_index_of_its_rendition_first(keeper: Keeper, animal: Animal) -> None:
    await keeper.render(animal.name)
    path = keeper.work_of(animal.name, f"rendition.{animal.rendition.partition(':')[0]}")
    if path.suffix == ".webm":
        assert is_seekable_webm(path)
        content = path.read_bytes()
        assert content.index(b"\x1c\x53\xbb\x6b") < content.index(b"\x1f\x43\xb6\x75")
    else:
        boxes = boxes_of(path)
        assert boxes.index("moov") < boxes.index("mdat")
        assert "moof" not in boxes


@pytest.mark.parametrize("name", [animal.name for animal in TAKEN if animal.rendition and animal.kind == "audio"])
async def test_the_rendition_of_a_sound_is_as_long_as_the_sound(keeper: Keeper, name: str) -> None:
    found, rendered = await keeper.inspect(name), await keeper.render(name)
    assert rendered.duration == pytest.approx(found.duration, abs=0.1)
    path = keeper.work_of(name, f"rendition.{ZOO[name].rendition.partition(':')[0]}")
    with av.open(str(path)) as container:
        loudest = max(float(numpy.abs(frame.to_ndarray()).max()) for frame in container.decode(audio=0))
    assert loudest > 0.1


@pytest.mark.parametrize("name", [animal.name for animal in PHOTOS if animal.rendition])
async def test_a_photo_that_not_every_browser_shows_becomes_a_jpeg_of_the_same_size(keeper: Keeper, name: str) -> None:
    rendered = await keeper.render(name)
    with Image.open(keeper.work_of(name, "rendition.jpg")) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (rendered.width, rendered.height) == ZOO[name].size
        assert read_corners(picture) == UPRIGHT
        assert read_number(picture) == 5
