import { RoomApi } from "../core/api";
import { Room } from "../room/room";
import { mountWhenReady } from "./mount_page";

// The owner's room; properties of the page: {consultationId, accessToken, lang}.
mountWhenReady("vet_room", Room, ({ consultationId, accessToken }) => ({
    consultationId,
    api: new RoomApi({ consultationId, accessToken }),
    link: location.href,
}));
