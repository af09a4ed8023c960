"""Why a request of an upload is not done, in a code for the page and a sentence for a person."""

from http import HTTPStatus

_STATUSES = {
    "empty": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_what_it_says": HTTPStatus.UNPROCESSABLE_ENTITY,
    "dangerous": HTTPStatus.UNPROCESSABLE_ENTITY,
    "damaged": HTTPStatus.UNPROCESSABLE_ENTITY,
    "wrong_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


class UploadRefused(Exception):
    """A request that is not done, or not to its end.

    :ivar status: of the answer; where tus 1.0 names one, that one
    :ivar code: what a program tells it by
    :ivar message: a sentence that says what to do
    :ivar received_bytes: how much of the file counts now, where there is a file
    """

    def __init__(self, status: int, code: str, message: str, received_bytes: int | None = None) -> None:
        super().__init__(message)
        self.status = int(status)
        self.code = code
        self.message = message
        self.received_bytes = received_bytes


def refused_content(code: str, message: str) -> UploadRefused:
    """The answer to a file that may not come in, whatever is sent of it."""
    return UploadRefused(_STATUSES.get(code, HTTPStatus.UNPROCESSABLE_ENTITY), code, message)


def unknown() -> UploadRefused:
    return UploadRefused(HTTPStatus.NOT_FOUND, "unknown", "There is no such upload. Begin it anew.")


def gone() -> UploadRefused:
    return UploadRefused(HTTPStatus.GONE, "gone", "This upload was cancelled or given up. Choose the file again.")


def too_large(most: int) -> UploadRefused:
    limit = f"{most / 1024**2:.0f} MB" if most >= 1024**2 else f"{most} bytes"
    return refused_content("too_large", f"The file is larger than {limit}, which is the most that is taken here.")


def disk_full(received_bytes: int | None = None) -> UploadRefused:
    return UploadRefused(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "disk_full",
        "The clinic's disk is full. What has arrived is kept; try again later, or tell the clinic.",
        received_bytes,
    )


def busy() -> UploadRefused:
    return UploadRefused(
        HTTPStatus.SERVICE_UNAVAILABLE, "busy", "The service is busy with other files. It goes on in a moment."
    )


def wrong_offset(received_bytes: int) -> UploadRefused:
    return UploadRefused(
        HTTPStatus.CONFLICT, "offset", "The upload goes on at another place; see Upload-Offset.", received_bytes
    )


def taken_over(received_bytes: int | None = None) -> UploadRefused:
    return UploadRefused(HTTPStatus.LOCKED, "taken_over", "A newer request goes on with this upload.", received_bytes)
