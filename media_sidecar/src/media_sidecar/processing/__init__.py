"""What happens to an uploaded file after its last byte: check, probe, poster, store, rendition."""

from .signatures import Kind, Sniffed
from .sniff import HEAD_BYTES, Refused, sniff

__all__ = ["HEAD_BYTES", "Kind", "Refused", "Sniffed", "sniff"]
