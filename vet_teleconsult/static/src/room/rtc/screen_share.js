import { Emitter } from "../../core/emitter";

/**
 * One's own shared screen. Emits `tracks` when it starts and ends; the browser's own "Stop sharing" counts as an end.
 */
export class ScreenShare extends Emitter {
    /** @param {object} [options] @param {MediaDevices} [options.mediaDevices] */
    constructor({ mediaDevices = globalThis.navigator?.mediaDevices } = {}) {
        super();
        this.mediaDevices = mediaDevices;
        this.stream = null;
    }

    /** @returns {boolean} phones and tablets cannot share their screen from a browser */
    get supported() {
        return Boolean(this.mediaDevices?.getDisplayMedia);
    }

    get track() {
        return this.stream?.getVideoTracks()[0] || null;
    }

    get audioTrack() {
        return this.stream?.getAudioTracks()[0] || null;
    }

    /**
     * @returns {Promise<null|"cancelled"|"failed">} what went wrong, if anything; a cancelled choice is no error
     */
    async start() {
        try {
            this.stream = await this.mediaDevices.getDisplayMedia({
                video: { frameRate: { ideal: 15, max: 30 } },
                audio: true,
            });
        } catch (error) {
            return error.name === "NotAllowedError" || error.name === "AbortError" ? "cancelled" : "failed";
        }
        this.track.onended = () => this.stop();
        this.emit("tracks");
        return null;
    }

    stop() {
        if (!this.stream) {
            return;
        }
        for (const track of this.stream.getTracks()) {
            track.onended = null;
            track.stop();
        }
        this.stream = null;
        this.emit("tracks");
    }
}
