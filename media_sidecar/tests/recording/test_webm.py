"""WebM on disk."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_sidecar.recording import webm

NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)


@given(st.integers(0, 2**56 - 2))
def test_a_size_is_read_as_it_was_written(size: int) -> None:
    encoded = webm.encode_size(size)
    assert webm.decode_size(encoded, 0) == (size, len(encoded))


@given(st.integers(0, 2**56 - 2), st.integers(1, 8))
def test_a_size_takes_the_length_it_was_asked_to_or_is_refused(size: int, length: int) -> None:
    if size < (1 << 7 * length) - 1:
        encoded = webm.encode_size(size, length)
        assert len(encoded) == length
        assert webm.decode_size(encoded, 0) == (size, length)
    else:
        with pytest.raises(ValueError, match="does not fit"):
            webm.encode_size(size, length)


def test_the_unknown_size_is_not_a_number() -> None:
    assert webm.decode_size(webm.UNKNOWN_SIZE, 0) == (None, 8)


@given(st.binary(max_size=10))
def test_any_bytes_are_an_element_or_refused(data: bytes) -> None:
    for decode in (webm.decode_size, webm.decode_id):
        try:
            decode(data, 0)
        except ValueError:
            continue


@given(st.integers(0, 5000).filter(lambda length: length != 1))
def test_a_void_is_as_long_as_it_was_asked_to(length: int) -> None:
    assert len(webm.void(length)) == length


@given(st.integers(0, 8192), st.integers(0, 8192), st.binary(max_size=200), st.booleans())
def test_the_header_never_changes_its_length(width: int, height: int, private: bytes, enabled: bool) -> None:
    def header(*tracks: webm.TrackHeader) -> bytes:
        return bytes(webm.Header(tracks, NOW))

    empty = header(webm.TrackHeader(1, "opus", 1), webm.TrackHeader(2, "h264", 2))
    known = header(webm.TrackHeader(1, "opus", 1), webm.TrackHeader(2, "h264", 2, enabled, width, height, private))
    assert len(empty) == len(known)


@given(st.lists(st.tuples(st.integers(0, 4000), st.booleans(), st.integers(1, 2)), max_size=100))
def test_every_frame_is_in_a_cluster_that_can_hold_its_time(steps: list[tuple[int, bool, int]]) -> None:
    time, blocks = 0, []
    for step, key, track in steps:
        time += step
        blocks.append(webm.Block(time, track, key, b"frame"))
    found = []
    for cluster in webm.clusters(blocks, video_track=2):
        found += read_cluster(cluster)
    assert found == [(block.time, block.track, block.key) for block in blocks]


def test_a_key_frame_opens_a_cluster() -> None:
    blocks = [webm.Block(0, 1, True, b"a"), webm.Block(10, 2, True, b"k"), webm.Block(20, 1, True, b"a")]
    assert [len(read_cluster(cluster)) for cluster in webm.clusters(blocks, video_track=2)] == [1, 2]


def test_no_cluster_is_longer_than_two_seconds() -> None:
    blocks = [webm.Block(time, 1, True, b"a") for time in range(0, 10_000, 20)]
    for cluster in webm.clusters(blocks):
        times = [time for time, _, _ in read_cluster(cluster)]
        assert times[-1] - times[0] <= webm.CLUSTER_SECONDS * 1000


def read_cluster(cluster: bytes) -> list[tuple[int, int, bool]]:
    """Time, track and key flag of each block."""
    identifier, position = webm.decode_id(cluster, 0)
    size, position = webm.decode_size(cluster, position)
    assert identifier == webm.CLUSTER
    assert size == len(cluster) - position
    found, start = [], 0
    while position < len(cluster):
        identifier, position = webm.decode_id(cluster, position)
        length, position = webm.decode_size(cluster, position)
        content = cluster[position : position + (length or 0)]
        position += length or 0
        if identifier == webm.TIMESTAMP:
            start = int.from_bytes(content, "big")
        else:
            relative = int.from_bytes(content[1:3], "big", signed=True)
            found.append((start + relative, content[0] & 0x7F, bool(content[3] & 0x80)))
    return found
