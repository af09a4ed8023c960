"""What happens to an uploaded file after its last byte: check, probe, poster, store, rendition."""

from typing import TYPE_CHECKING, Any

from .signatures import Kind, Sniffed
from .sniff import HEAD_BYTES, Refused, sniff

if TYPE_CHECKING:
    from .clips import Clips

__all__ = ["HEAD_BYTES", "Clips", "Kind", "Refused", "Sniffed", "sniff"]


def __getattr__(name: str) -> Any:
    """The queue, imported when it is asked for: a worker process, which imports this package too, has no use for it."""
    if name == "Clips":
        from .clips import Clips

        return Clips
    raise AttributeError(name)
