from . import protocol, room_error, text
