from . import protocol
from . import room_error
from . import text
