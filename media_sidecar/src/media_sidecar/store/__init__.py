"""Where finished files live: one interface, a local folder or any S3."""

from pathlib import Path

from .address import S3Address, parse_address
from .base import KeyRefused, Store, StoredFile, StoreError, StoreHealth, taken_in
from .local import LocalStore
from .s3 import S3Options, S3Store
from .threads import Threads

__all__ = [
    "KeyRefused",
    "LocalStore",
    "S3Address",
    "S3Options",
    "S3Store",
    "Store",
    "StoreError",
    "StoreHealth",
    "StoredFile",
    "Threads",
    "open_store",
    "parse_address",
    "taken_in",
]


def open_store(address: S3Address | Path, options: S3Options) -> Store:
    """The store at *address*; nothing is looked at yet, so a store that is away is no error.

    :param options: how S3 is reached
    """
    return S3Store(address, options) if isinstance(address, S3Address) else LocalStore(address)
