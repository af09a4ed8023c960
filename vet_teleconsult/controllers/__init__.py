from . import (
    booking,
    booking_begin,
    booking_page,
    chat,
    media,
    portal,
    portal_chat,
    prescription,
    room,
    sidecar,
    summary,
    workflow,
)
