"""What can go wrong between a browser that asks and a recorder that records."""


class RecordingRefused(Exception):
    """The recorder will not start or extend a recording now.

    :param reason_code: stable word for programs: ``too_many_legs``, ``overloaded``, ``disk_low``, ``paused``,
        ``finished``, ``closed`` or ``timeout``
    :param message: one sentence for a person, with what to do next
    """

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message


class BadOffer(ValueError):
    """The offer cannot be recorded; the text says which part of it and what to send instead."""
