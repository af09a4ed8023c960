"""Who is seen when."""

from playwright.sync_api import expect

from tests.player.player_page import PlayerPage
from tests.player.recording import OWNER, VET


def test_someone_who_comes_late_is_named_until_they_come(player: PlayerPage) -> None:
    owner = player.tile(OWNER)
    placeholder = owner.get_by_test_id("player-placeholder")
    placeholder.wait_for()
    assert placeholder.inner_text().split("\n") == ["AK", "Anna Keller", "From 0:01 on"]
    player.play()
    owner.get_by_test_id("player-placeholder").wait_for(state="detached")
    assert player.position >= 1.3
    expect(owner.get_by_test_id("player-video")).to_be_visible()


def test_someone_who_left_early_is_named_when_gone(player: PlayerPage) -> None:
    player.click_on_bar(23.85)
    player.tile(OWNER).get_by_test_id("player-placeholder").wait_for()
    expect(player.tile(VET).get_by_test_id("player-video")).to_be_visible()


def test_the_shared_screen_is_shown_while_it_lasts_and_larger_than_the_people(player: PlayerPage) -> None:
    screen = player.tile(VET, "screen")
    expect(screen).to_be_hidden()
    player.click_on_bar(6)
    screen.get_by_test_id("player-video").wait_for()
    shared, camera = screen.bounding_box(), player.tile(VET).bounding_box()
    assert shared["width"] > 2 * camera["width"]
    player.click_on_bar(20)
    screen.wait_for(state="hidden")


def test_a_reload_in_the_middle_goes_on_in_the_same_tile(player: PlayerPage) -> None:
    player.play()
    player.go_to(7.5)
    before = player.tile(OWNER).get_by_test_id("player-video").get_attribute("data-segment")
    player.wait_until("player.position > 11.5 && player.tiles().length === 3")
    expect(player.page.locator(f"[data-test=player-tile][data-participant='{OWNER}']")).to_have_count(1)
    after = player.tile(OWNER).get_by_test_id("player-video")
    expect(after).to_be_visible()
    expect(after).not_to_have_attribute("data-segment", before)


def test_a_pause_is_marked_on_the_bar_said_and_skipped(player: PlayerPage) -> None:
    bar, gap = player.get("player-seek").bounding_box(), player.get("player-gap").bounding_box()
    assert abs((gap["x"] - bar["x"]) / bar["width"] - 24 / 36) < 0.01
    assert abs(gap["width"] / bar["width"] - 4 / 36) < 0.01
    player.play()
    player.click_on_bar(25)
    expect(player.get("player-pause")).to_contain_text("Nothing was recorded here")
    player.page.get_by_role("button", name="Skip").click()
    player.wait_until("player.status === 'playing' && player.position >= 28")
    player.get("player-pause").wait_for(state="detached")
