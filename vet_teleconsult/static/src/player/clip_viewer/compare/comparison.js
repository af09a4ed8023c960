import { ClipPlayback } from "../playback/clip_playback";
import { LinkedPlayback } from "../playback/linked_playback";
import { PhotoSource } from "../view/photo_source";

/** What can stand beside another picture. */
export function isComparable(media) {
    return ["video", "photo", "still"].includes(media.kind) && ["ready", undefined].includes(media.state);
}

/** A second clip or photo beside the first, with all that comes and goes with it. */
export class Comparison {
    /**
     * @param {import("../playback/clip_playback").ClipPlayback|null} first null beside a photo
     * @param {object} media the other one
     * @param {import("../view/zoom_pan").ZoomPan} view how the second picture lies, reactive
     * @param {((id: number) => Promise<object>)|null} refresh asks Odoo for a media again
     */
    constructor(first, media, view, refresh) {
        this.media = media;
        this.view = view;
        const options = { refresh: refresh && (() => freshly(refresh, media)) };
        const isClip = media.kind === "video";
        this.playback = isClip ? new ClipPlayback(media, { ...options, start: first?.position ?? 0 }) : null;
        this.photo = isClip ? null : new PhotoSource(media, options);
        this.linked = first && this.playback ? new LinkedPlayback(first, this.playback) : null;
        /** What the controls move: both, or the only one that moves. */
        this.transport = this.linked || first || this.playback;
    }

    get source() {
        return this.playback || this.photo;
    }

    destroy() {
        this.linked?.destroy();
        this.playback?.pause();
    }
}

/** The one asked for, or nothing that is right. */
async function freshly(refresh, media) {
    const fresh = await refresh(media.id);
    if (fresh.id !== media.id) {
        throw new Error("another media");
    }
    return fresh;
}
