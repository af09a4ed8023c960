import { DriftCorrector, median } from "./drift";
import { FrameMeter } from "./frame_meter";

/** HTMLMediaElement.readyState */
const HAVE_METADATA = 1;
const HAVE_CURRENT_DATA = 2;
const HAVE_FUTURE_DATA = 3;
/** HTMLMediaElement.networkState */
const NETWORK_IDLE = 1;

/** A position is reached when nearer than this, s. */
const REACHED = 0.02;
/** What is left of a file at its end and not worth waiting for, s. */
const END_MARGIN = 0.08;
/** From here on the start of the next file is timed exactly, s. */
const STAND_BY = 0.2;
/** Measurements after which a file's late start is known. */
const SAMPLES_TO_LEARN = 4;

/** One file of the recording in its media element, placed on the timeline. */
export class SegmentElement {
    /**
     * @param {import("./timeline").Segment} segment
     * @param {HTMLMediaElement} element
     */
    constructor(segment, element) {
        this.segment = segment;
        this.element = element;
        this.corrector = new DriftCorrector();
        this.frames = new FrameMeter(element);
        /** Failed loads in a row. */
        this.attempts = 0;
        /** @type {{code: string, message: string}|null} why this file is given up */
        this.problem = null;
        this.recovering = false;
        this.target = null;
        this.launchedAt = null;
        this.holding = true;
        this.starvedSince = null;
        this.startTimer = null;
        this.joining = false;
        this.retargeted = false;
        element.preservesPitch = true;
    }

    load(url) {
        this.target = null;
        this.corrector.reset();
        this.frames.forget();
        this.element.src = url;
        this.element.load();
    }

    destroy() {
        this.frames.stop();
        this.pause();
        this.element.removeAttribute("src");
        this.element.load();
    }

    /** @returns {number} where the media clock of this file stands on the timeline, s */
    get position() {
        return this.element.currentTime + this.segment.start;
    }

    /** @returns {number|null} where the frame on the screen stands on the timeline at an instant (ms), s */
    presentedPositionAt(time) {
        const mediaTime = this.frames.mediaTimeAt(time);
        return mediaTime === null ? null : mediaTime + this.segment.start;
    }

    get hasPicture() {
        return (
            this.segment.kind === "video" && (this.element.readyState < HAVE_METADATA || this.element.videoWidth > 0)
        );
    }

    /** The file itself knows best how long it is. */
    onMetadata() {
        if (Number.isFinite(this.element.duration)) {
            this.segment.end = this.segment.start + this.element.duration;
        }
    }

    get atEnd() {
        const { ended, currentTime, duration } = this.element;
        return ended || (Number.isFinite(duration) && currentTime >= duration - END_MARGIN);
    }

    /** Fetch what comes, not just the description of the file. */
    preload() {
        if (this.element.preload !== "auto") {
            this.element.preload = "auto";
        }
    }

    /** @param {number} position s, on the timeline */
    seek(position) {
        const { duration, readyState, seeking } = this.element;
        const last = Number.isFinite(duration) ? Math.max(0, duration - 0.01) : Infinity;
        this.target = Math.min(Math.max(0, position - this.segment.start), last);
        this.corrector.reset();
        this.frames.forget();
        if (readyState >= HAVE_METADATA && !seeking) {
            this.element.currentTime = this.target;
        }
    }

    /** A target set while an earlier seek was under way. */
    onSeeked() {
        this.frames.forget();
        if (this.target !== null && Math.abs(this.element.currentTime - this.target) > REACHED && !this.retargeted) {
            this.retargeted = true;
            this.element.currentTime = this.target;
        } else {
            this.retargeted = false;
        }
    }

    /**
     * Bring a paused element to a position.
     *
     * @param {number} position s, on the timeline
     * @param {number} [tolerance] s
     * @returns {boolean} whether it can play from there
     */
    prepare(position, tolerance = REACHED) {
        const { readyState, seeking, networkState, duration } = this.element;
        this.preload();
        if (readyState < HAVE_METADATA || seeking) {
            return false;
        }
        const wanted = Math.max(0, position - this.segment.start);
        if (Number.isFinite(duration) && wanted >= duration - END_MARGIN) {
            return true;
        }
        const reached = Math.abs(this.element.currentTime - wanted) <= tolerance;
        const tried = this.target !== null && Math.abs(this.target - wanted) <= tolerance;
        if (!reached && !tried) {
            this.seek(position);
            return false;
        }
        // Safari fetches no media before play(): an idle network is as ready as it gets.
        return readyState >= HAVE_FUTURE_DATA || networkState === NETWORK_IDLE;
    }

    /**
     * Wait at the beginning of the file for its turn.
     *
     * @param {number} delay s, until it is to be launched
     * @param {(item: SegmentElement) => void} launch
     */
    standBy(delay, launch) {
        if (this.prepare(this.segment.start) && delay < STAND_BY) {
            this.launchIn(delay, launch);
        }
    }

    /**
     * @param {number} delay s
     * @param {(item: SegmentElement) => void} launch
     */
    launchIn(delay, launch) {
        this.startTimer ??= setTimeout(
            () => {
                this.startTimer = null;
                this.joining = true;
                launch(this);
            },
            Math.max(0, delay) * 1000
        );
    }

    /** @returns {number|null} s that this file came late after a timed launch; told once, when it is known */
    takeStartLateness() {
        if (!this.joining || this.corrector.samples.length < SAMPLES_TO_LEARN) {
            return null;
        }
        this.joining = false;
        return -median(this.corrector.samples);
    }

    /**
     * @param {number} rate
     * @returns {Promise<void>} rejected when the browser refuses
     */
    play(rate) {
        this.corrector.reset();
        this.target = null;
        this.holding = false;
        this.starvedSince = null;
        this.launchedAt = this.element.currentTime;
        this.element.playbackRate = rate;
        return this.element.play();
    }

    pause() {
        clearTimeout(this.startTimer);
        this.startTimer = null;
        this.joining = false;
        this.holding = true;
        this.launchedAt = null;
        if (!this.element.paused) {
            this.element.pause();
        }
    }

    get launched() {
        return this.launchedAt !== null;
    }

    /** Whether the media clock has really begun to move since play(). */
    get advanced() {
        return this.atEnd || (this.launched && this.element.currentTime > this.launchedAt + 0.005);
    }

    /**
     * Whether a playing element has run out of data for a moment longer than a hiccup.
     *
     * @param {number} now ms
     */
    isStarved(now) {
        if (this.element.readyState > HAVE_CURRENT_DATA || this.atEnd) {
            this.starvedSince = null;
            return false;
        }
        this.starvedSince ??= now;
        return now - this.starvedSince > 120;
    }

    /**
     * Keep a playing element with the clock.
     *
     * @param {number} drift s, ahead of the master clock
     * @param {number} rate
     * @returns {boolean} false when only a seek can help
     */
    follow(drift, rate) {
        const { nudge, seek } = this.corrector.update(drift);
        const playbackRate = rate * (1 + nudge);
        if (Math.abs(this.element.playbackRate - playbackRate) > 0.001) {
            this.element.playbackRate = playbackRate;
        }
        return !seek;
    }
}
