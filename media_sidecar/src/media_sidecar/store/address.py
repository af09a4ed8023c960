"""Where a store is: a folder, or ``s3://bucket/prefix``."""

import re
from dataclasses import dataclass
from pathlib import Path

SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


@dataclass(frozen=True)
class S3Address:
    """A part of a bucket.

    :ivar prefix: empty, or ends in ``/``
    """

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")


def parse_address(text: str) -> S3Address | Path:
    """The address that *text* names.

    :raises ValueError: with the rest of a sentence that begins with the name of the setting
    """
    if not text.startswith(SCHEME):
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", text):
            raise ValueError(f"must be a folder or {SCHEME}bucket/prefix; another server than AWS is the S3 endpoint")
        return Path(text)
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    prefix = prefix.strip("/")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError(
            f"must be {SCHEME}bucket/prefix, with a bucket of 3 to 63 small letters, digits, hyphens and dots"
        )
    if prefix and not _PREFIX.fullmatch(prefix):
        raise ValueError(f"must be {SCHEME}bucket/prefix, with a prefix of letters, digits, '_', '-', '.' and '/'")
    return S3Address(bucket, f"{prefix}/" if prefix else "")
