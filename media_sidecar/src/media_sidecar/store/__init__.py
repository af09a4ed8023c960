"""Where finished files live: one interface, for now a local folder."""

from .base import Store, StoreError, StoreHealth
from .local import LocalStore

__all__ = ["LocalStore", "Store", "StoreError", "StoreHealth"]
