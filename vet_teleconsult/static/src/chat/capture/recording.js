import { Emitter } from "../../core/emitter";
import { randomIdentifier } from "../../core/identifier";
import { hold } from "../uploader/locks";
import { makeFile, recordingLock, recordingNews } from "../uploader/recording_store";

/** Milliseconds between two pieces: what a crash may cost. */
const PIECE = 1000;
/** A track that the system silences for longer than this is lost (an incoming phone call on iOS). */
const MUTED_PATIENCE = 2500;
/** Seconds after which the encoder's real rate is known. */
const RATE_KNOWN = 8;

/**
 * One recording from its start to its end, kept piece by piece.
 *
 * Emits `progress` {seconds, size, secondsLeft} and, once, `ended` {file, reason}. The reason is `stopped` (by the
 * person), `time` or `size` (the limit was reached), `interrupted` (the system took camera or microphone away) or `failed`;
 * `file` is null when nothing at all was recorded.
 */
export class Recording extends Emitter {
    /**
     * @param {object} options
     * @param {MediaStream} options.stream
     * @param {{mimeType: string}} options.format
     * @param {object} options.bitrates options of `MediaRecorder`
     * @param {string} options.title what the file is called, in the person's language
     * @param {{maxBytes: number, maxSeconds: number}} options.limits
     * @param {import("../uploader/recording_store").RecordingStore} options.store
     * @param {boolean} [options.endIsStop] whether the end of the picture is the person's own doing: "Stop sharing"
     */
    constructor({ stream, format, bitrates, title, limits, store, endIsStop = false }) {
        super();
        Object.assign(this, { stream, limits, store, endIsStop });
        this.id = randomIdentifier();
        this.mimeType = format.mimeType;
        this.title = title;
        this.parts = [];
        this.size = 0;
        this.largest = 0;
        this.bytesPerSecond = ((bitrates.videoBitsPerSecond || 0) + (bitrates.audioBitsPerSecond || 0)) / 8 || 1;
        this.isKept = true;
        this.writing = Promise.resolve();
        this.reason = null;
        this.listening = new AbortController();
        this.recorder = new MediaRecorder(stream, { mimeType: format.mimeType, ...bitrates });
    }

    start() {
        this.startedAt = Date.now();
        this.started = performance.now();
        this._holdLock();
        this.writing = this.store.begin(this._description()).then((isKept) => (this.isKept = isKept));
        this.recorder.ondataavailable = ({ data }) => this._take(data);
        this.recorder.onerror = () => this._end("failed");
        this.recorder.onstop = () => this._stopped();
        this.recorder.start(PIECE);
        this._watchTracks();
        this.timer = setInterval(() => this._tick(), PIECE / 4);
        document.addEventListener("visibilitychange", () => this._flush(), { signal: this.listening.signal });
        window.addEventListener("pagehide", () => this._flush(), { signal: this.listening.signal });
    }

    /** @param {string} [reason] */
    stop(reason = "stopped") {
        this._end(reason);
    }

    /** Nobody looks at it any more: other pages may offer it. */
    release() {
        this.unlock?.();
        recordingNews.emit("changed");
    }

    get seconds() {
        return (performance.now() - this.started) / 1000;
    }

    _description() {
        const { id, mimeType, title, startedAt } = this;
        return { id, mimeType, title, startedAt };
    }

    _holdLock() {
        const released = new Promise((resolve) => (this.unlock = resolve));
        hold(recordingLock(this.id), {}, () => released).catch(() => {});
    }

    // ------------------------------------------------------------------ pieces

    _take(data) {
        if (!data.size) {
            return;
        }
        const number = this.parts.length;
        this.parts.push(data);
        this.size += data.size;
        this.largest = Math.max(this.largest, data.size);
        const progress = { seconds: this.seconds, size: this.size };
        this.writing = this.writing.then(() => this._keep(number, data, progress));
        this._tick();
    }

    /** A piece that finds no room ends the keeping: what came after a gap could not be played. */
    async _keep(number, data, progress) {
        if (this.isKept) {
            this.isKept = await this.store.append(this.id, number, await data.arrayBuffer(), progress);
        }
    }

    _flush() {
        if (this.recorder.state === "recording") {
            this.recorder.requestData();
        }
    }

    _tick() {
        if (this.reason) {
            return;
        }
        const { seconds, size, limits } = this;
        if (seconds > RATE_KNOWN) {
            this.bytesPerSecond = Math.max(1, size / seconds);
        }
        // What the encoder still holds when it is stopped comes on top.
        const room = limits.maxBytes - size - 2 * this.largest;
        const secondsLeft = Math.max(0, Math.min(limits.maxSeconds - seconds, room / this.bytesPerSecond));
        this.emit("progress", { seconds, size, secondsLeft });
        if (seconds >= limits.maxSeconds) {
            this._end("time");
        } else if (room <= 0) {
            this._end("size");
        }
    }

    // ------------------------------------------------------------------- tracks

    _watchTracks() {
        const options = { signal: this.listening.signal };
        for (const track of this.stream.getTracks()) {
            const isOwnDoing = this.endIsStop && track.kind === "video";
            track.addEventListener("ended", () => this._end(isOwnDoing ? "stopped" : "interrupted"), options);
            track.addEventListener("mute", () => this._muted(track), options);
        }
        // A phone that shows something else silences the camera; whether it comes back shows when the page is back.
        const check = () => this.stream.getTracks().forEach((track) => this._muted(track));
        document.addEventListener("visibilitychange", check, options);
    }

    _muted(track) {
        setTimeout(() => {
            if (track.muted && document.visibilityState === "visible" && !this.endIsStop) {
                this._end("interrupted");
            }
        }, MUTED_PATIENCE);
    }

    // --------------------------------------------------------------------- end

    _end(reason) {
        if (this.reason) {
            return;
        }
        this.reason = reason;
        this.duration = this.seconds;
        if (this.recorder.state === "inactive") {
            // It has ended by itself; what it still holds comes before its `stop`.
            setTimeout(() => this._stopped(), PIECE);
        } else {
            this.recorder.stop();
        }
    }

    async _stopped() {
        if (this.isOver) {
            return;
        }
        this.isOver = true;
        this.reason ||= "interrupted";
        this.duration ??= this.seconds;
        clearInterval(this.timer);
        this.listening.abort();
        await this.writing;
        const file = this.size ? makeFile(this._description(), this.parts) : null;
        if (!file) {
            await this.store.forget(this.id);
        }
        this.emit("ended", { file, reason: this.reason });
    }
}
