from . import chat, media, portal, portal_chat, room, sidecar, workflow
