from . import media
from . import portal
from . import room
from . import sidecar
