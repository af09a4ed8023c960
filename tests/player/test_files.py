"""Files that come late, expire or are gone."""

import re
from collections import Counter

from playwright.sync_api import expect

from tests.player.player_page import PlayerPage
from tests.player.recording import OWNER, VET
from tests.player.site import Site

VET_FILE, OWNER_LAST_FILE = f"{VET}-camera-0.webm", f"{OWNER}-camera-28.4.webm"


def test_files_are_read_by_range(player: PlayerPage, site: Site) -> None:
    player.play()
    player.go_to(20)
    statuses = {status for path, status in site.answers if path.startswith("/media/")}
    assert statuses == {206}


def test_everyone_waits_for_the_slowest(site: Site, open_player) -> None:
    site.held = {VET_FILE: range(100_000, 250_000)}
    player: PlayerPage = open_player()
    player.get("player-play").click()
    player.wait_until("player.status === 'playing' && player.position > 1")
    player.wait_until("player.status === 'buffering'")
    expect(player.get("player-notice")).to_have_text("Loading…")
    assert player.page.locator("video").evaluate_all("(videos) => videos.every((video) => video.paused)")
    waited_at = player.position
    site.release.set()
    player.wait_until(f"player.status === 'playing' && player.position > {waited_at}")
    player.settle()
    player.steps(60).assert_within(40)


def test_an_address_that_expires_on_the_way_is_replaced_and_goes_on_at_the_same_place(site: Site, open_player) -> None:
    site.held = {VET_FILE: range(100_000, 250_000)}
    player: PlayerPage = open_player()
    player.get("player-play").click()
    player.wait_until("player.status === 'buffering' && player.position > 1")
    stopped_at = player.position
    site.expire_addresses()
    site.release.set()
    player.wait_until(f"player.status === 'playing' && player.position > {stopped_at}")
    assert player.position < stopped_at + 1
    assert any(VET_FILE in path for path in site.refused())
    player.settle()
    player.steps(60).assert_within(40)


def test_addresses_that_expired_before_their_turn_are_fetched_once_for_all(player: PlayerPage, site: Site) -> None:
    site.expire_addresses()
    player.play()
    player.go_to(29)
    assert site.refused()
    assert site.player_requests == 2
    expect(player.get("download")).to_have_attribute("href", re.compile(f"{re.escape(site.ticket)}$"))


def test_a_file_that_is_gone_is_said_and_the_others_play_on(site: Site, open_player) -> None:
    site.missing = {OWNER_LAST_FILE}
    player: PlayerPage = open_player()
    player.play()
    player.click_on_bar(30)
    player.page.get_by_text("This file is no longer in the media store.").wait_for()
    player.wait_until("player.status === 'playing' && player.tiles().length === 1")


def test_trying_again_brings_a_file_back(site: Site, open_player) -> None:
    site.missing = {OWNER_LAST_FILE}
    player: PlayerPage = open_player()
    player.click_on_bar(30)
    player.get("player-retry").wait_for()
    site.missing = set()
    player.get("player-retry").click()
    player.tile(OWNER).get_by_test_id("player-placeholder").wait_for(state="detached")
    player.get("player-retry").wait_for(state="detached")
    player.page.wait_for_function("readPictures().length === 2")


def test_a_store_that_refuses_for_good_is_said_not_hammered(site: Site, open_player) -> None:
    site.refuse_media = True
    player: PlayerPage = open_player()
    player.page.get_by_text("The address of this file has expired.").first.wait_for()
    asked = Counter(path.split("?")[0] for path in site.refused())
    assert asked[f"/media/{VET_FILE}"] <= 1 + 3 + 1, "the first time, three times again, and once to learn why"


def test_a_file_that_is_no_film_is_said(site: Site, open_player, media) -> None:
    broken = media / "broken.webm"
    broken.write_bytes(b"this is no film" * 100)
    site.rename = {VET_FILE: broken.name}
    player: PlayerPage = open_player()
    player.page.get_by_text("Your browser cannot play this file.").wait_for()
