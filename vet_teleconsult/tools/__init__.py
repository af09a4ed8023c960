from . import log, protocol, room_error, text
