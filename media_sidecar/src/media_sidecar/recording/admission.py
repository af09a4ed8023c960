"""Whether the machine can carry one more leg: refused with a reason before it harms the calls under way."""

from dataclasses import dataclass

from .errors import RecordingRefused


@dataclass(frozen=True)
class RecordingLimits:
    """What a recorder may take on.

    :param max_legs: connections recorded at once; one core carries about 75 at 720p
    :param max_loop_lag: seconds that the event loop may run late before nothing new is taken on
    :param min_free_bytes: bytes of disk that have to be free before anything new is taken on
    :param silence_seconds: a leg from which nothing comes for so long is closed. A browser that sends neither sound
        nor picture still checks ICE's consent, every 2.5 s (Chromium) to 6 s (RFC 7675), and some checks get lost
    :param connect_seconds: a leg that is not connected after so long is closed
    """

    max_legs: int = 60
    max_loop_lag: float = 0.25
    min_free_bytes: int = 1 << 30
    silence_seconds: float = 20.0
    connect_seconds: float = 20.0


@dataclass(frozen=True)
class Measurements:
    """How the recorder fares, as plain values for metrics.

    :param legs: connections open now; ``recordings`` likewise
    :param legs_taken: connections that are open or have a place kept for them
    :param loop_lag_seconds: the latest that the event loop ran in the last ten seconds
    :param socket_drops: datagrams that the kernel dropped because we were too slow, in all
    :param packets: RTP packets received in all
    :param packets_lost: of these, lost for good
    :param bytes_written: to disk, in all
    :param backlog_bytes: waiting for the disk now
    """

    legs: int
    legs_taken: int
    recordings: int
    loop_lag_seconds: float
    socket_drops: int
    free_disk_bytes: int
    packets: int
    packets_lost: int
    bytes_written: int
    backlog_bytes: int


def check_capacity(
    limits: RecordingLimits, legs_taken: int, loop_lag: float, free_disk_bytes: int, *, wanted: int = 1
) -> None:
    """Refuse what would not fit any more.

    :param legs_taken: that are open or have a place kept for them
    :param wanted: further ones to take on, all or none
    :raises RecordingRefused: ``too_many_legs``, ``overloaded`` or ``disk_low``
    """
    if wanted and legs_taken + wanted > limits.max_legs:
        raise RecordingRefused(
            "too_many_legs",
            f"The recorder is full ({legs_taken} of {limits.max_legs} connections are taken, {wanted} more "
            "would be needed): try again when another call has ended.",
        )
    if loop_lag > limits.max_loop_lag:
        raise RecordingRefused(
            "overloaded",
            f"The recorder is overloaded (it runs {loop_lag:.2f} s late, {limits.max_loop_lag:.2f} s are allowed): "
            "try again in a minute.",
        )
    if free_disk_bytes < limits.min_free_bytes:
        raise RecordingRefused(
            "disk_low",
            f"The recorder's disk is almost full ({free_disk_bytes >> 20} MiB free, "
            f"{limits.min_free_bytes >> 20} MiB are needed): free some space first.",
        )
