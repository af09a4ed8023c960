import { Emitter } from "../../core/emitter";
import { Devices } from "../../room/rtc/devices";
import { isAndroid, isIos } from "../../room/rtc/environment";
import { ScreenShare } from "../../room/rtc/screen_share";
import { mixSound } from "./sound_mix";

/**
 * What is recorded: camera and microphone, the microphone alone, or the screen with the microphone.
 *
 * Emits `tracks` whenever what is open changes.
 */
export class CaptureSource extends Emitter {
    /** @param {"video"|"sound"|"screen"} mode */
    constructor(mode) {
        super();
        this.mode = mode;
        this.devices = new Devices();
        // Whoever films an animal with a phone holds the phone towards it.
        this.devices.facing = isIos() || isAndroid() ? "environment" : "user";
        this.devices.on("tracks", () => this.emit("tracks"));
        this.screen = new ScreenShare();
    }

    /** Fresh tracks for a mode: what was recorded once, or went through a phone call, may be dead. */
    async open(mode = this.mode) {
        this.mode = mode;
        this.release();
        this.devices.wanted = { microphone: true, camera: mode === "video" };
        this.devices.problems = { microphone: null, camera: null };
        await this.devices.open();
    }

    get microphone() {
        return this.devices.tracks.microphone;
    }

    get camera() {
        return this.devices.tracks.camera;
    }

    /** @returns {{what: string, code: string}|null} what stands in the way of a recording */
    get problem() {
        const { camera, microphone } = this.devices.problems;
        if (this.mode === "video" && camera) {
            return { what: "camera", code: camera };
        }
        return this.mode === "sound" && microphone ? { what: "microphone", code: microphone } : null;
    }

    /**
     * What is to be recorded. The screen is asked for now, within the person's own click.
     *
     * @returns {Promise<{stream: MediaStream|null, problem: string|null}>} neither when the person changed their mind
     */
    async start() {
        if (this.mode !== "screen") {
            this._leaveAlone();
            return { stream: new MediaStream([this.camera, this.microphone].filter(Boolean)), problem: null };
        }
        const code = await this.screen.start();
        if (code) {
            return { stream: null, problem: code === "cancelled" ? null : "denied" };
        }
        const { track, audioTrack } = this.screen;
        // Its end is the recording's to notice.
        track.onended = null;
        this._leaveAlone();
        this.mix = mixSound([audioTrack, this.microphone].filter(Boolean));
        return { stream: new MediaStream([track, this.mix.track].filter(Boolean)), problem: null };
    }

    /** A track that is being recorded must not be exchanged for a fresh one. */
    _leaveAlone() {
        for (const track of [this.camera, this.microphone]) {
            if (track) {
                track.onended = track.onmute = null;
            }
        }
    }

    /** Camera and microphone go out; `open` takes them again. */
    release() {
        this.mix?.close();
        this.mix = null;
        this.screen.stop();
        this.devices.release();
    }

    close() {
        this.release();
        this.devices.close();
    }
}
