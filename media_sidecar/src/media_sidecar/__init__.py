"""The media service of a veterinary teleconsultation: signalling, recording and playback beside Odoo."""

from .version import PROTOCOL, VERSION

__all__ = ["PROTOCOL", "VERSION"]
