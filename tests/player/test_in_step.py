"""The files of a recording play in step."""

import pytest

from tests.player.player_page import PlayerPage
from tests.player.recording import DURATION

IN_STEP = 40.0
"""ms"""


def test_both_people_keep_step_from_the_moment_the_second_joins(player: PlayerPage) -> None:
    player.play()
    player.wait_until("player.tiles().length === 2")
    player.settle()
    player.steps().assert_within(IN_STEP)


@pytest.mark.parametrize("position", [3.7, 15.2, 29.0])
def test_both_people_keep_step_after_a_seek(player: PlayerPage, position: float) -> None:
    player.play()
    player.go_to(position)
    player.steps().assert_within(IN_STEP)


def test_people_and_shared_screen_keep_step_after_a_seek(player: PlayerPage) -> None:
    player.play()
    player.go_to(11.5)
    player.wait_until("player.tiles().length === 3")
    player.steps(60).assert_within(IN_STEP)


@pytest.mark.parametrize("rate", ["0.5", "2"])
def test_both_people_keep_step_at_another_speed(player: PlayerPage, rate: str) -> None:
    player.get("player-rate").select_option(rate)
    player.play()
    player.go_to(14.5)
    player.steps(60).assert_within(IN_STEP)


def test_no_file_is_ever_played_more_than_five_percent_off_its_speed(player: PlayerPage) -> None:
    player.play()
    player.go_to(11.0)
    rates = player.steps(180).rates
    assert min(rates) >= 0.95 - 1e-6
    assert max(rates) <= 1.05 + 1e-6


@pytest.mark.parametrize("jump", [-0.15, 0.15, -1.5])
def test_a_file_that_fell_out_of_step_is_brought_back(player: PlayerPage, jump: float) -> None:
    player.play()
    player.go_to(14.5)
    video = player.tile("owner-7").get_by_test_id("player-video")
    video.evaluate(
        """(video, jump) => new Promise((resolve) => {
            video.addEventListener("seeked", resolve, { once: true });
            video.currentTime += jump;
        })""",
        jump,
    )
    player.wait_until("player.status === 'playing' && player.tiles().length === 2 && player.skew() < 20")
    player.steps(60).assert_within(IN_STEP)


def test_a_recording_plays_to_its_end_and_again(player: PlayerPage) -> None:
    player.play()
    player.click_on_bar(35.0)
    player.wait_until("player.status === 'ended'")
    assert player.position == DURATION
    player.play()
    player.wait_until("player.position > 0.5 && player.position < 10 && player.tiles().length === 1")
