from . import chat, media, portal, room, sidecar
