"""Addresses that expire, files that cannot be played or do not come."""

from collections.abc import Callable

from tests.player.clip.clip_page import ClipPage
from tests.player.clip.clip_site import ClipSite
from tests.player.clip.clips import BREATHING, H264, PHOTO


def test_an_address_that_expired_is_replaced_and_the_clip_goes_on_where_it_was(
    open_clip: Callable[..., ClipPage], site: ClipSite
) -> None:
    site.held = {H264.name: range(40_000, 80_000)}
    viewer = open_clip(H264)
    viewer.page.keyboard.press("l")
    viewer.wait_until("playback.status === 'buffering' && playback.position > 0.3")
    stopped_at = viewer.position
    site.expire_addresses()
    site.release.set()
    viewer.wait_until(f"playback.status === 'playing' && playback.position > {stopped_at}")
    assert viewer.position < stopped_at + 1.5
    assert site.refused()
    viewer.press("k")
    number = viewer.frame
    assert viewer.steps(2) == [number + 1, number + 2]


def test_a_step_that_met_an_expired_address_is_made(open_clip: Callable[..., ClipPage], site: ClipSite) -> None:
    site.held = {H264.name: range(40_000, 80_000)}
    viewer = open_clip(H264)
    site.expire_addresses()
    site.release.set()
    viewer.seek(4.01)
    assert viewer.frame == 120
    assert site.media_requests >= 2


def test_a_file_that_the_browser_cannot_play_waits_for_its_conversion(
    open_clip: Callable[..., ClipPage], site: ClipSite, clips
) -> None:
    (clips / "phone.mp4").write_bytes(b"this is no film" * 100)
    site.described["phone.mp4"] = {"rendition": {"state": "working", "progress": 40}, "duration": 5}
    viewer = open_clip("phone.mp4", ready=False)
    viewer.page.get_by_text("It is being converted: 40 %.").wait_for()
    playable = site.describe(H264.name)
    site.described["phone.mp4"] = playable | {"id": 1, "rendition": {"state": "ready", "progress": 100}}
    viewer.page.evaluate("refreshMedia()")
    viewer.get("clip-problem").wait_for(state="detached")
    viewer.wait_until_still()
    viewer.press("ArrowRight")
    assert viewer.frame == 1


def test_a_file_that_is_gone_is_said_and_tried_again(open_clip: Callable[..., ClipPage], site: ClipSite) -> None:
    site.missing = {BREATHING.name}
    viewer = open_clip(BREATHING, ready=False)
    viewer.page.get_by_text("This file is no longer in the media store.").wait_for()
    site.missing = set()
    viewer.get("clip-retry").click()
    viewer.get("clip-problem").wait_for(state="detached")
    viewer.wait_until_still()
    assert viewer.frame == 0


def test_an_expired_photo_is_fetched_again(open_clip: Callable[..., ClipPage], site: ClipSite) -> None:
    site.refuse_media = True
    viewer = open_clip(PHOTO, ready=False)
    viewer.page.wait_for_function("clipViewer.photo.recovery.attempts > 0 || clipViewer.photo.problem")
    site.refuse_media = False
    viewer.page.wait_for_function("clipViewer.photo.loaded")
    assert not viewer.shows("clip-problem")
