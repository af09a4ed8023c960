import { Component, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { MediaView } from "../../core/media_view/media_view";
import { formatDateTime, formatDuration } from "../../core/times";
import { browserName } from "../../room/rtc/environment";
import { LevelMeter } from "../../room/rtc/level_meter";
import { keepAwake } from "../../room/wake_lock";
import { hasCameraApp } from "../uploader/camera_app";
import { formatSize, formatTimeLeft } from "../uploader/sizes";
import { captureSentence, endSentence } from "./capture_sentences";
import { CaptureSource } from "./capture_source";
import { Recording } from "./recording";
import { chooseBitrates, chooseFormat } from "./recording_format";
import { RecordingReview } from "./recording_review";
import { recordingOf, RecordingStore } from "../uploader/recording_store";

const SEGMENTS = 10;

/**
 * Records camera and microphone, the microphone alone, or the screen, in a dialog of its own.
 *
 * Phases: `opening` the devices, `problem` (nothing can be recorded, and why), `ready`, `recording`, `saving` and `review`.
 */
export class LiveRecorder extends Component {
    static template = "vet_teleconsult.LiveRecorder";
    static components = { Icon, MediaView, RecordingReview };
    static props = {
        maxBytes: Number,
        maxSeconds: Number,
        screen: { type: Boolean, optional: true },
        /** Who records for which chat: under this key the browser keeps what is unsent. */
        owner: { type: String, optional: true },
        onDone: Function,
        onClose: Function,
    };

    setup() {
        this.dialog = useRef("dialog");
        this.segments = [...Array(SEGMENTS).keys()];
        this.formatDuration = formatDuration;
        this.hasCameraApp = hasCameraApp();
        this.store = new RecordingStore(this.props.owner || `page:${location.pathname}`);
        this.source = new CaptureSource(this.props.screen ? "screen" : "video");
        this.recording = null;
        /** Counts what was asked for: devices that open later than the next wish are no longer wanted. */
        this.opening = 0;
        this.state = useState({
            mode: this.source.mode,
            phase: "opening",
            problem: null,
            notice: null,
            announcement: "",
            stream: null,
            hasMicrophone: true,
            canFlip: false,
            isMirrored: false,
            level: 0,
            progress: { seconds: 0, size: 0, secondsLeft: this.props.maxSeconds },
            file: null,
            duration: 0,
            unsent: null,
        });
        this.meter = new LevelMeter((level) => (this.state.level = Math.round(level * SEGMENTS)));
        this.source.on("tracks", () => this.showTracks());
        onWillStart(() => this.findUnsent());
        const onBeforeUnload = (event) => this.beforeUnload(event);
        onMounted(() => {
            window.addEventListener("beforeunload", onBeforeUnload);
            this.show();
            this.open();
        });
        onWillUnmount(() => {
            window.removeEventListener("beforeunload", onBeforeUnload);
            this.end();
        });
    }

    // ------------------------------------------------------------------ dialog

    /** The browser's own modal dialog keeps the focus inside and gives it back at the end. */
    show() {
        const { el } = this.dialog;
        if (el.showModal) {
            el.showModal();
        } else {
            el.setAttribute("open", "");
            el.focus();
        }
    }

    /** Closing never throws anything away: a running recording is stopped, an unsent one is kept. */
    close() {
        if (this.state.phase === "recording") {
            this.stop();
        } else if (this.state.phase !== "saving") {
            this.props.onClose();
        }
    }

    /** Without room in the browser the recording goes with the page. */
    beforeUnload(event) {
        if (this.recording && !this.recording.isKept) {
            event.preventDefault();
        }
    }

    end() {
        this.opening += 1;
        this.recording?.stop();
        this.recording?.release();
        this.meter.stop();
        this.source.close();
        this.sleep?.();
        this.dialog.el?.close?.();
    }

    // ----------------------------------------------------------------- devices

    async open(mode = this.state.mode) {
        Object.assign(this.state, { mode, phase: "opening", problem: null, notice: null });
        this.opening += 1;
        const { opening } = this;
        const obstacle = this.obstacle();
        if (obstacle) {
            this.source.release();
            this.fail("camera", obstacle);
            return;
        }
        await this.source.open(mode);
        if (opening !== this.opening) {
            return;
        }
        const { problem } = this.source;
        if (problem) {
            this.source.release();
            this.fail(problem.what, problem.code);
            return;
        }
        this.state.phase = "ready";
        this.showTracks();
        if (!this.state.hasMicrophone) {
            const reason = captureSentence("microphone", this.source.devices.problems.microphone || "failed");
            this.state.notice = `${_t("Your voice will not be recorded.")} ${reason}`;
        }
    }

    obstacle() {
        if (globalThis.isSecureContext === false) {
            return "insecure";
        }
        const devices = globalThis.navigator?.mediaDevices;
        const source = this.state.mode === "screen" ? devices?.getDisplayMedia : devices?.getUserMedia;
        return source && chooseFormat(this.state.mode) ? null : "unsupported";
    }

    fail(what, code) {
        Object.assign(this.state, { phase: "problem", problem: { what, code } });
    }

    get problemSentence() {
        const { what, code } = this.state.problem;
        return captureSentence(what, code);
    }

    showTracks() {
        const { camera, microphone, devices } = this.source;
        const { state } = this;
        const shown = this.source.screen.track || camera;
        if (shown !== this.shown) {
            this.shown = shown;
            state.stream = shown ? new MediaStream([shown]) : null;
        }
        state.hasMicrophone = Boolean(microphone);
        state.canFlip = Boolean(camera) && devices.canFlip;
        state.isMirrored = Boolean(camera) && state.mode === "video" && devices.mirrored;
        if (microphone !== this.metered) {
            this.metered = microphone;
            this.meter.listen(microphone);
        }
    }

    async flip() {
        await this.source.devices.flip();
        if (!this.source.camera) {
            this.fail("camera", this.source.devices.problems.camera || "failed");
        }
    }

    setMode(mode) {
        if (mode !== this.state.mode) {
            this.open(mode);
        }
    }

    // --------------------------------------------------------------- recording

    async start() {
        if (this.isStarting) {
            return;
        }
        this.isStarting = true;
        const { mode } = this.state;
        const { stream, problem } = await this.source.start();
        this.isStarting = false;
        if (problem) {
            this.fail("screen", problem);
        }
        if (!stream) {
            return;
        }
        await this.discardPrevious();
        try {
            this.record(stream);
        } catch (error) {
            console.error(error);
            this.source.release();
            this.fail(mode === "screen" ? "screen" : "camera", "failed");
        }
    }

    record(stream) {
        const { mode } = this.state;
        const { maxBytes, maxSeconds } = this.props;
        const isVideo = mode !== "sound";
        this.recording = new Recording({
            stream,
            format: chooseFormat(mode),
            bitrates: chooseBitrates({ maxBytes, maxSeconds, video: isVideo }),
            title: { video: _t("Video"), sound: _t("Sound"), screen: _t("Screen") }[mode],
            limits: { maxBytes, maxSeconds },
            store: this.store,
            endIsStop: mode === "screen",
        });
        this.recording.on("progress", (progress) => (this.state.progress = progress));
        this.recording.on("ended", (end) => this.ended(end));
        Object.assign(this.state, {
            phase: "recording",
            notice: null,
            unsent: null,
            announcement: _t("Recording."),
            progress: { seconds: 0, size: 0, secondsLeft: maxSeconds },
        });
        this.recording.start();
        this.showTracks();
        this.sleep = keepAwake();
        if (browserName() !== "firefox") {
            // Not to be tidied away while it is unsent; Firefox would ask the person.
            navigator.storage?.persist?.().catch(() => {});
        }
    }

    stop() {
        this.state.phase = "saving";
        this.recording.stop();
    }

    ended({ file, reason }) {
        this.sleep?.();
        this.sleep = null;
        this.meter.stop();
        this.metered = null;
        this.source.release();
        const sentence = endSentence(reason);
        Object.assign(this.state, {
            notice: sentence,
            announcement: sentence || _t("The recording has been stopped."),
        });
        if (file) {
            this.review(file, this.recording.duration);
        } else {
            this.fail(this.state.mode === "screen" ? "screen" : "camera", "failed");
        }
    }

    /** What was recorded before goes when something new takes its place, and not earlier. */
    async discardPrevious() {
        const { recording } = this;
        this.recording = null;
        if (recording) {
            await this.store.forget(recording.id);
            recording.release();
        }
    }

    // ------------------------------------------------------------------ review

    review(file, duration) {
        Object.assign(this.state, { phase: "review", file, duration });
    }

    async again() {
        Object.assign(this.state, { phase: "opening", notice: null, file: null });
        await this.findUnsent();
        await this.open(this.state.mode);
    }

    send() {
        const { file } = this.state;
        this.props.onDone(file);
        this.props.onClose();
    }

    get summary() {
        const { file, duration } = this.state;
        return _t("%(length)s · %(size)s", { length: formatDuration(duration), size: formatSize(file.size) });
    }

    get closeLabel() {
        return this.state.phase === "recording" ? _t("Stop") : _t("Close");
    }

    get previewLabel() {
        return _t("What is recorded");
    }

    get recordedSize() {
        return formatSize(this.state.progress.size);
    }

    get timeLeft() {
        return formatTimeLeft(this.state.progress.secondsLeft);
    }

    // --------------------------------------------------- what an earlier page left

    async findUnsent() {
        [this.state.unsent = null] = await this.store.unsent();
    }

    get unsentSentence() {
        const { startedAt, seconds } = this.state.unsent;
        return _t("There is an unsent recording of %(date)s (%(length)s).", {
            date: formatDateTime(new Date(startedAt)),
            length: formatDuration(seconds),
        });
    }

    async watchUnsent() {
        const { unsent } = this.state;
        const file = await this.store.file(unsent.id);
        if (!file) {
            await this.discardUnsent();
            return;
        }
        this.opening += 1;
        this.meter.stop();
        this.source.release();
        Object.assign(this.state, { notice: null, unsent: null });
        this.review(file, unsent.seconds);
    }

    async discardUnsent() {
        const { unsent } = this.state;
        await this.store.forget(unsent.id);
        await this.findUnsent();
    }

    /** Throw away what is being reviewed, for good. */
    async discard() {
        const id = recordingOf(this.state.file);
        this.recording?.release();
        this.recording = null;
        await this.store.forget(id);
        this.props.onClose();
    }

    // -------------------------------------------------- the device's own camera app

    onFilmed(event) {
        const [file] = event.target.files;
        event.target.value = "";
        if (file) {
            this.props.onDone(file);
            this.props.onClose();
        }
    }
}
