from . import media, portal, room, sidecar
