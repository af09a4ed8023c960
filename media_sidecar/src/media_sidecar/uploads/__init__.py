"""Uploads: bytes that come in pieces by tus 1.0, are on the disk before they count, and leave as one checked file."""
