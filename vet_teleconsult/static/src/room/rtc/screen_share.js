import { Emitter } from "../../core/emitter";

/** The person's own "Cancel"; a system that does not let the browser see the screen says so in the error's message. */
function wasCancelled({ name, message }) {
    return name === "AbortError" || (name === "NotAllowedError" && !/system/i.test(message));
}

/**
 * One's own shared screen. Emits `tracks` when it starts and ends; the browser's own "Stop sharing" counts as an end.
 */
export class ScreenShare extends Emitter {
    /** @param {object} [options] @param {MediaDevices} [options.mediaDevices] */
    constructor({ mediaDevices = globalThis.navigator?.mediaDevices } = {}) {
        super();
        this.mediaDevices = mediaDevices;
        this.stream = null;
        /** Counts starts and stops: a stream that arrives after the next of them is no longer wanted. */
        this.generation = 0;
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
        const generation = ++this.generation;
        let stream;
        try {
            stream = await this.mediaDevices.getDisplayMedia({
                video: { frameRate: { ideal: 15, max: 30 } },
                audio: true,
            });
        } catch (error) {
            return wasCancelled(error) ? "cancelled" : "failed";
        }
        if (generation !== this.generation) {
            stream.getTracks().forEach((track) => track.stop());
            return "cancelled";
        }
        this.stream = stream;
        this.track.onended = () => this.stop();
        this.emit("tracks");
        return null;
    }

    /** Also takes back a choice that is still being made. */
    stop() {
        this.generation += 1;
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
