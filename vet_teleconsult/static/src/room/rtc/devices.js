import { Emitter } from "../../core/emitter";
import { isIos } from "./environment";

/** Said explicitly: Safari echoes when `echoCancellation` is left to it. */
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
/** A track that is muted by the system for longer than this is taken anew. */
const MUTED_PATIENCE = 2500;

/**
 * @param {DOMException} error from `getUserMedia`
 * @returns {"denied"|"not-found"|"in-use"|"overconstrained"|"failed"}
 */
export function deviceErrorCode(error) {
    switch (error?.name) {
        case "NotAllowedError":
        case "PermissionDeniedError":
        case "SecurityError":
            return "denied";
        case "NotFoundError":
        case "DevicesNotFoundError":
            return "not-found";
        case "NotReadableError":
        case "TrackStartError":
        case "AbortError":
            return "in-use";
        case "OverconstrainedError":
        case "ConstraintNotSatisfiedError":
            return "overconstrained";
        default:
            return "failed";
    }
}

/**
 * Microphone and camera of this browser: opened together or one by one, switched, turned, taken anew when the system
 * takes them away.
 *
 * Emits `tracks` whenever a track comes, goes or changes, `devices` when the lists of devices change, and `problem`
 * {kind, code} when a device is lost.
 */
export class Devices extends Emitter {
    /**
     * @param {object} [options]
     * @param {MediaDevices} [options.mediaDevices]
     * @param {{get: Function, set: Function}} [options.memory] remembers the chosen devices
     */
    constructor({ mediaDevices = globalThis.navigator?.mediaDevices, memory = null } = {}) {
        super();
        this.mediaDevices = mediaDevices;
        this.memory = memory;
        /** @type {{microphone: MediaStreamTrack|null, camera: MediaStreamTrack|null}} */
        this.tracks = { microphone: null, camera: null };
        /** Why a device is missing: a code of `deviceErrorCode`, or null. */
        this.problems = { microphone: null, camera: null };
        /** What the person wants: a camera that is off is closed, so that its light goes out. */
        this.wanted = { microphone: true, camera: true };
        this.chosen = { microphone: memory?.get("microphone") || null, camera: memory?.get("camera") || null };
        this.facing = "user";
        /** Counts releases: a stream that was asked for before the last of them is no longer wanted. */
        this.generation = 0;
        this.released = false;
        this.lists = { microphones: [], cameras: [], speakers: [] };
        this._onDeviceChange = () => this._devicesChanged();
        this._onVisible = () => this._becameVisible();
        mediaDevices?.addEventListener?.("devicechange", this._onDeviceChange);
        globalThis.document?.addEventListener("visibilitychange", this._onVisible);
    }

    // --------------------------------------------------------------- opening

    /**
     * Camera and microphone if possible, else one of them, else neither: a person can always come in.
     *
     * @returns {Promise<void>} never rejects; see `problems`
     */
    async open() {
        this.released = false;
        if (!this.mediaDevices?.getUserMedia) {
            this.problems = { microphone: "unsupported", camera: "unsupported" };
            this.emit("tracks");
            return;
        }
        const { generation } = this;
        const kinds = ["microphone", "camera"].filter((kind) => this.wanted[kind]);
        if (kinds.length < 2 || !(await this._openTogether())) {
            for (const kind of kinds) {
                if (generation === this.generation) {
                    await this._openAlone(kind);
                }
            }
        }
        await this.refreshLists();
        this.emit("tracks");
    }

    /** @returns {Promise<boolean>} whether one question for both was answered with both */
    async _openTogether() {
        try {
            const stream = await this._request({ microphone: true, camera: true });
            this._take("microphone", stream.getAudioTracks()[0]);
            this._take("camera", stream.getVideoTracks()[0]);
            return true;
        } catch {
            return false;
        }
    }

    async _openAlone(kind) {
        const { generation } = this;
        try {
            const stream = await this._request({ [kind]: true });
            this._take(kind, stream.getTracks()[0]);
        } catch (error) {
            if (generation === this.generation) {
                this.problems[kind] = deviceErrorCode(error);
            }
        }
    }

    /** @returns {Promise<MediaStream>} rejects when everything was released in the meantime */
    async _request(kinds) {
        const { generation } = this;
        const stream = await this._ask(kinds, () => generation === this.generation);
        if (generation !== this.generation) {
            stream.getTracks().forEach((track) => track.stop());
            throw new DOMException("Released while it was being opened.", "AbortError");
        }
        return stream;
    }

    async _ask(kinds, isWanted) {
        const constraints = { audio: false, video: false };
        if (kinds.microphone) {
            constraints.audio = this._constraints("microphone");
        }
        if (kinds.camera) {
            constraints.video = this._constraints("camera");
        }
        try {
            return await this.mediaDevices.getUserMedia(constraints);
        } catch (error) {
            const code = deviceErrorCode(error);
            if (!isWanted() || (code !== "overconstrained" && code !== "not-found")) {
                throw error;
            }
            // A device that was chosen once may be gone, and a camera may not know our size: take what there is.
            return this.mediaDevices.getUserMedia({
                audio: kinds.microphone ? { ...AUDIO } : false,
                video: Boolean(kinds.camera),
            });
        }
    }

    _constraints(kind) {
        const chosen = this.chosen[kind];
        // Exactly that one: Chromium takes an `ideal` device for a mere proposal.
        if (kind === "microphone") {
            return chosen ? { ...AUDIO, deviceId: { exact: chosen } } : { ...AUDIO };
        }
        return chosen ? { ...VIDEO, deviceId: { exact: chosen } } : { ...VIDEO, facingMode: { ideal: this.facing } };
    }

    _take(kind, track) {
        if (!track) {
            this.problems[kind] = "not-found";
            return;
        }
        if (kind === "camera" && !this.wanted.camera) {
            // Turned off while the browser was still opening it.
            track.stop();
            return;
        }
        const old = this.tracks[kind];
        this.tracks[kind] = track;
        this.problems[kind] = null;
        track.enabled = this.wanted[kind];
        track.onended = () => this._lost(kind, track);
        track.onmute = () => this._muted(kind, track);
        if (old && old !== track) {
            this._release(old);
        }
    }

    _release(track) {
        track.onended = track.onmute = null;
        track.stop();
    }

    // -------------------------------------------------------------- switches

    /**
     * A microphone that is off stays open and sends silence: it is back at once, and the recording's clock goes on.
     *
     * @param {boolean} on
     */
    async setMicrophone(on) {
        this.wanted.microphone = on;
        if (on && !this.tracks.microphone) {
            await this._openAlone("microphone");
            await this.refreshLists();
        } else if (this.tracks.microphone) {
            this.tracks.microphone.enabled = on;
        }
        this.emit("tracks");
    }

    /**
     * A camera that is off is closed: its light goes out and nothing is sent.
     *
     * @param {boolean} on
     */
    async setCamera(on) {
        this.wanted.camera = on;
        if (on && !this.tracks.camera) {
            await this._openAlone("camera");
            await this.refreshLists();
        } else if (!on) {
            this._closeCamera();
        }
        this.emit("tracks");
    }

    _closeCamera() {
        const track = this.tracks.camera;
        this.tracks.camera = null;
        if (track) {
            this._release(track);
        }
    }

    /** The other camera: rear instead of front on a phone, the next one in the list elsewhere. */
    async flip() {
        const cameras = this.lists.cameras;
        const settings = this.tracks.camera?.getSettings?.() || {};
        this.wanted.camera = true;
        if (settings.facingMode || isIos()) {
            this.facing = (settings.facingMode || this.facing) === "environment" ? "user" : "environment";
            this.chosen.camera = null;
        } else if (cameras.length > 1) {
            const index = cameras.findIndex(({ id }) => id === settings.deviceId);
            this.chosen.camera = cameras[(index + 1) % cameras.length].id;
        }
        // Android phones open one camera at a time.
        this._closeCamera();
        await this._openAlone("camera");
        this.emit("tracks");
    }

    /**
     * @param {"microphone"|"camera"} kind
     * @param {string} deviceId
     */
    async choose(kind, deviceId) {
        this.chosen[kind] = deviceId;
        this.memory?.set(kind, deviceId);
        this.wanted[kind] = true;
        if (kind === "camera") {
            this._closeCamera();
        }
        await this._openAlone(kind);
        this.emit("tracks");
    }

    /** @returns {boolean} whether there is another camera to turn to */
    get canFlip() {
        return this.lists.cameras.length > 1;
    }

    /** @returns {boolean} whether one's own picture should be shown like in a mirror */
    get mirrored() {
        const settings = this.tracks.camera?.getSettings?.() || {};
        return (settings.facingMode || this.facing) !== "environment";
    }

    // ----------------------------------------------------- loss and recovery

    /**
     * Fresh tracks for what is wanted. An incoming phone call on iOS silences a track for good while it still
     * calls itself live; only a new `getUserMedia` brings it back.
     *
     * @param {("microphone"|"camera")[]} [kinds]
     */
    async renew(kinds = ["microphone", "camera"]) {
        for (const kind of kinds) {
            if (this.wanted[kind] && this.mediaDevices?.getUserMedia) {
                await this._openAlone(kind);
            }
        }
        this.emit("tracks");
    }

    async _lost(kind, track) {
        if (this.tracks[kind] !== track) {
            return;
        }
        this.tracks[kind] = null;
        await this._openAlone(kind);
        if (this.problems[kind]) {
            this.emit("problem", { kind, code: this.problems[kind] });
        }
        await this.refreshLists();
        this.emit("tracks");
    }

    _muted(kind, track) {
        setTimeout(() => {
            const hidden = globalThis.document?.visibilityState === "hidden";
            if (track.muted && this.tracks[kind] === track && !hidden) {
                this.renew([kind]);
            }
        }, MUTED_PATIENCE);
        this.interrupted = true;
    }

    _becameVisible() {
        if (document.visibilityState === "hidden") {
            return;
        }
        const broken = Object.keys(this.tracks).filter((kind) => {
            const track = this.tracks[kind];
            return track && (track.muted || track.readyState === "ended");
        });
        if (isIos() && this.interrupted) {
            this.interrupted = false;
            this.renew(Object.keys(this.tracks).filter((kind) => this.tracks[kind]));
        } else if (broken.length) {
            this.renew(broken);
        }
    }

    // ----------------------------------------------------------------- lists

    async refreshLists() {
        try {
            const devices = await this.mediaDevices.enumerateDevices();
            const list = (kind) =>
                devices
                    .filter((device) => device.kind === kind && device.deviceId)
                    .map(({ deviceId, label }) => ({ id: deviceId, label }));
            this.lists = {
                microphones: list("audioinput"),
                cameras: list("videoinput"),
                speakers: list("audiooutput"),
            };
        } catch {
            // The lists are a comfort; without them the system's choice holds.
        }
        this.emit("devices", this.lists);
    }

    async _devicesChanged() {
        await this.refreshLists();
        for (const kind of ["microphone", "camera"]) {
            const found = this.lists[`${kind}s`].length > 0;
            if (
                !this.released &&
                found &&
                this.wanted[kind] &&
                !this.tracks[kind] &&
                this.problems[kind] === "not-found"
            ) {
                await this._openAlone(kind);
                this.emit("tracks");
            }
        }
    }

    close() {
        this.mediaDevices?.removeEventListener?.("devicechange", this._onDeviceChange);
        globalThis.document?.removeEventListener("visibilitychange", this._onVisible);
        this.release();
    }

    /** Let go of microphone and camera, those included that are still being opened; `open` takes them again. */
    release() {
        this.generation += 1;
        this.released = true;
        for (const kind of ["microphone", "camera"]) {
            const track = this.tracks[kind];
            this.tracks[kind] = null;
            if (track) {
                this._release(track);
            }
        }
        this.emit("tracks");
    }
}
