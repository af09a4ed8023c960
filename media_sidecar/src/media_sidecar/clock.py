"""Times as they cross the seam: seconds since the epoch inside, ISO 8601 in UTC with milliseconds outside."""

from datetime import UTC, datetime


def iso(time: float | datetime) -> str:
    """``2026-05-01T10:00:00.123Z`` for seconds since the epoch or an aware date and time."""
    moment = time if isinstance(time, datetime) else datetime.fromtimestamp(time, UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
