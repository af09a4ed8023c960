"""Every control, by pointer, keyboard and screen reader."""

import pytest
from playwright.sync_api import Page, expect

from tests.player.player_page import PlayerPage
from tests.player.recording import DURATION, OWNER, VET
from tests.player.site import Site


def test_play_pauses_and_says_so(player: PlayerPage) -> None:
    player.page.get_by_role("button", name="Play", exact=True).click()
    player.wait_until("player.status === 'playing' && player.position > 0.3")
    player.page.get_by_role("button", name="Pause", exact=True).click()
    player.wait_until("player.status === 'paused'")
    expect(player.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert player.page.locator("video").evaluate_all("(videos) => videos.every((video) => video.paused)")


@pytest.mark.parametrize(
    ("key", "position"),
    [
        ("ArrowRight", 17.0),
        ("ArrowUp", 17.0),
        ("ArrowLeft", 7.0),
        ("ArrowDown", 7.0),
        ("PageUp", DURATION),
        ("PageDown", 0.0),
        ("Home", 0.0),
        ("End", DURATION),
    ],
)
def test_the_bar_obeys_the_keys_of_a_slider(player: PlayerPage, key: str, position: float) -> None:
    player.click_on_bar(12)
    player.get("player-seek").press(key)
    assert player.position == pytest.approx(position, abs=0.1)


def test_the_bar_follows_a_drag(player: PlayerPage) -> None:
    box = player.get("player-seek").bounding_box()
    middle = box["y"] + box["height"] / 2
    player.page.mouse.move(box["x"] + 5, middle)
    player.page.mouse.down()
    player.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=8)
    player.page.mouse.up()
    player.page.mouse.move(box["x"] + 5, middle)
    assert player.position == pytest.approx(DURATION / 2, abs=0.1)
    player.page.wait_for_function(
        "readPictures().some(({ position }) => Math.abs(position - vetTeleconsult.player.position * 1000) < 60)"
    )


def test_the_bar_tells_a_screen_reader_where_it_is(player: PlayerPage) -> None:
    player.click_on_bar(12)
    bar = player.page.get_by_role("slider", name="Position in the recording")
    player.page.locator("[aria-valuetext='12 seconds of 36 seconds']").wait_for()
    expect(player.get("player-time")).to_have_text("0:12 / 0:36")
    assert bar.get_attribute("aria-valuemax") == "36.0"
    assert float(bar.get_attribute("aria-valuenow") or 0) == pytest.approx(12, abs=0.1)


def test_a_seek_shows_the_picture_of_that_moment_at_once(player: PlayerPage) -> None:
    player.click_on_bar(14.5)
    player.page.wait_for_function(
        "(() => { const pictures = readPictures(); return pictures.length === 2"
        " && pictures.every(({ position }) => Math.abs(position - vetTeleconsult.player.position * 1000) < 60); })()"
    )
    assert player.position == pytest.approx(14.5, abs=0.1)
    assert player.status == "paused"


def test_the_speed_can_be_chosen(player: PlayerPage) -> None:
    player.page.get_by_label("Speed").select_option("2")
    player.play()
    player.wait_until("player.tiles().length && player.tiles().every(({ playbackRate }) => playbackRate > 1.85)")


def test_one_person_is_muted_and_the_other_is_not(player: PlayerPage) -> None:
    player.page.get_by_role("button", name="Mute Anna Keller").click()
    expect(player.page.get_by_role("button", name="Unmute Anna Keller")).to_have_attribute("aria-pressed", "true")
    muted = "(videos) => videos.every((video) => video.muted)"
    assert player.page.locator(f"video[data-participant='{OWNER}']").evaluate_all(muted)
    assert not player.page.locator(f"video[data-participant='{VET}']").evaluate_all(muted)


def test_a_persons_volume_holds_for_their_later_files_too(player: PlayerPage) -> None:
    player.page.get_by_role("slider", name="Volume of Anna Keller").fill("0.4")
    player.click_on_bar(30)
    later = player.page.locator(f"video[data-segment='{OWNER}/camera/28.400']")
    later.wait_for()
    assert later.evaluate("(video) => video.volume") == pytest.approx(0.4)


def test_full_screen_and_back(player: PlayerPage) -> None:
    player.page.get_by_role("button", name="Full screen").click()
    player.page.wait_for_function("document.fullscreenElement?.dataset.test === 'player'")
    player.page.get_by_role("button", name="Leave full screen").click()
    player.page.wait_for_function("!document.fullscreenElement")


def test_where_elements_cannot_be_full_screen_the_player_fills_the_window(player: PlayerPage) -> None:
    player.get("player").evaluate(
        "(root) => { root.requestFullscreen = undefined; root.webkitRequestFullscreen = undefined; }"
    )
    player.page.get_by_role("button", name="Full screen").click()
    player.page.get_by_role("button", name="Leave full screen").wait_for()
    box = player.get("player").bounding_box()
    assert (box["width"], box["height"]) == (1100, 700)
    player.page.keyboard.press("Escape")
    player.page.get_by_role("button", name="Full screen", exact=True).wait_for()


def test_everything_and_each_file_can_be_downloaded(player: PlayerPage, site: Site) -> None:
    expect(player.get("download")).to_have_attribute("href", f"/media/recording.zip?ticket={site.ticket}")
    player.page.get_by_text("Single files").click()
    links = player.page.locator("details a")
    expect(links).to_have_count(len(site.files))
    assert "Anna Keller, camera, from 0:10" in links.all_inner_texts()


def test_a_space_on_the_stage_plays_and_pauses(player: PlayerPage) -> None:
    player.get("player").focus()
    player.page.keyboard.press("Space")
    player.wait_until("player.status === 'playing'")
    player.page.keyboard.press("Space")
    player.wait_until("player.status === 'paused'")


def test_a_pause_by_the_browser_pauses_everyone(player: PlayerPage) -> None:
    player.play()
    player.go_to(4)
    player.page.locator(f"video[data-participant='{VET}'][data-test=player-video]").first.evaluate("(v) => v.pause()")
    player.wait_until("player.status === 'paused'")
    assert player.page.locator("video").evaluate_all("(videos) => videos.every((video) => video.paused)")


def test_the_handle_goes_with_the_player(page: Page) -> None:
    assert page.evaluate("Object.isFrozen(vetTeleconsult.player)")
    page.evaluate("playerApp.destroy()")
    assert page.evaluate("vetTeleconsult.player === undefined")
