"""What the sender is told, and when."""

from media_sidecar.recording.feedback import BitrateLimit, KeyFrameRequests


def test_a_key_frame_is_asked_for_every_half_second_until_it_comes() -> None:
    requests = KeyFrameRequests(4.0)
    asked = [now / 4 for now in range(8) if requests.due(True, now / 4)]
    assert asked == [0.0, 0.5, 1.0, 1.5]


def test_a_key_frame_is_asked_for_when_the_last_is_too_old_to_seek_by() -> None:
    requests = KeyFrameRequests(4.0)
    requests.key_frame(10.0)
    assert not requests.due(False, 13.9)
    assert requests.due(False, 14.0)
    assert not requests.due(False, 14.1)


def test_heavy_loss_lowers_the_bit_rate_and_calm_restores_it_to_the_cap() -> None:
    limit = BitrateLimit(1_000_000)
    assert limit.update(0.2) == 900_000
    assert limit.update(0.05) == 900_000
    assert limit.update(0.0) > 900_000
    for _ in range(20):
        limit.update(0.0)
    assert limit.bitrate == 1_000_000


def test_the_bit_rate_never_falls_below_what_shows_a_picture() -> None:
    limit = BitrateLimit(1_000_000)
    for _ in range(100):
        limit.update(0.9)
    assert limit.bitrate == 150_000
