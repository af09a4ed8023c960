import { Emitter } from "../../../core/emitter";
import { FrameSeeker } from "../frames/frame_seeker";
import { FrameStepper } from "../frames/frame_stepper";
import { FrameTimes } from "../frames/frame_times";
import { ClipRecovery } from "./clip_recovery";
import { Loop } from "./loop";

export const RATES = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

/**
 * Plays one clip or sound in a media element, to the frame: what `frame` names is on the screen. Knows no Owl.
 *
 * Emits `change` (status, rate, loop, problem: anything but the position), `position` (seconds) and `jump`, when
 * the clip goes on at another place: after a seek, or when its stretch begins anew.
 */
export class ClipPlayback extends Emitter {
    /**
     * @param {object} media as Odoo describes it
     * @param {object} [options]
     * @param {() => Promise<object>} [options.refresh] asks Odoo again: addresses expire
     * @param {number|null} [options.start] s, where to open
     */
    constructor(media, { refresh = null, start = null } = {}) {
        super();
        this.media = { ...media };
        this.hasPicture = media.kind !== "audio";
        this.rate = 1;
        this.volume = 1;
        this.muted = false;
        this.wanted = false;
        this.reversing = false;
        this.ended = false;
        this.waiting = false;
        this.loaded = false;
        this.blocked = false;
        /** @type {{code: string, message: string}|null} why the file is given up */
        this.problem = null;
        this.loop = new Loop();
        this.times = new FrameTimes({ frameRate: media.frame_rate, exact: /mp4|quicktime/.test(media.mime || "") });
        /** @type {number|null} s, to be shown as soon as it can be */
        this.target = start ?? 0;
        this.place = this.target;
        /** @type {number|null} s, the frame to show when that is more precise than the target */
        this.landing = null;
        this.steps = 0;
        this.jumping = false;
        this.running = null;
        this.element = null;
        this.recovery = new ClipRecovery(this, refresh);
    }

    // ------------------------------------------------------------------
    // The element
    // ------------------------------------------------------------------

    /** @param {HTMLMediaElement} element without a source */
    attach(element) {
        this.element = element;
        this.seeker = new FrameSeeker(
            element,
            (time) => this.onFrame(time),
            () => this.times.interval(this.place)
        );
        this.stepper = new FrameStepper(
            this.times,
            (target) => this.seeker.show(target),
            () => this.duration
        );
        this.listeners = {
            loadedmetadata: () => this.onMetadata(),
            durationchange: () => this.changed(),
            resize: () => this.changed(),
            play: () => this.changed(),
            pause: () => this.onPause(),
            playing: () => this.setWaiting(false),
            canplay: () => this.setWaiting(false),
            waiting: () => this.setWaiting(true),
            ended: () => this.onEnded(),
            error: () => this.recovery.recover(),
        };
        for (const [type, listener] of Object.entries(this.listeners)) {
            element.addEventListener(type, listener);
        }
        element.preservesPitch = true;
        this.load();
    }

    detach() {
        if (!this.element) {
            return;
        }
        for (const [type, listener] of Object.entries(this.listeners)) {
            this.element.removeEventListener(type, listener);
        }
        this.seeker.stop();
        this.recovery.stop();
        this.reversing = false;
        this.wanted = false;
        this.element.pause();
        this.element.removeAttribute("src");
        this.element.load();
        this.element = null;
    }

    /** Load the file (again), and go on where it was. */
    load() {
        this.target ??= this.place;
        this.loaded = false;
        this.problem = null;
        this.seeker.forget();
        this.recovery.load(this.element);
        this.changed();
    }

    onMetadata() {
        this.loaded = true;
        this.recovery.onLoaded();
        this.applySound();
        this.element.playbackRate = this.rate;
        this.changed();
        this.run();
    }

    setWaiting(waiting) {
        this.waiting = waiting;
        this.recovery.watch(waiting);
        this.changed();
    }

    // ------------------------------------------------------------------
    // What is going on
    // ------------------------------------------------------------------

    /** @returns {{width: number, height: number}} pixels, turned as the file says */
    get size() {
        return { width: this.element?.videoWidth || 0, height: this.element?.videoHeight || 0 };
    }

    get duration() {
        const { duration } = this.element || {};
        return Number.isFinite(duration) ? duration : this.media.duration || 0;
    }

    /** @returns {number} s: of the frame on the screen; while playing, of the sound and picture played */
    get position() {
        return this.place;
    }

    /** @returns {"loading"|"failed"|"buffering"|"playing"|"reversing"|"ended"|"paused"} */
    get status() {
        if (this.problem) {
            return "failed";
        }
        if (!this.loaded) {
            return "loading";
        }
        if (this.reversing) {
            return "reversing";
        }
        if (this.wanted) {
            return this.waiting ? "buffering" : "playing";
        }
        return this.ended ? "ended" : "paused";
    }

    /** @returns {boolean} whether a seek or a step is under way */
    get busy() {
        return this.running !== null;
    }

    /** Whether the browser tells which frame is on the screen. */
    get exact() {
        return Boolean(this.seeker?.exact);
    }

    /** @returns {number} s, of the clip at this very moment, between frames too */
    get now() {
        return this.wanted && !this.running && this.element ? this.element.currentTime : this.place;
    }

    changed() {
        this.emit("change");
    }

    // ------------------------------------------------------------------
    // Playing
    // ------------------------------------------------------------------

    async play() {
        this.reversing = false;
        this.wanted = true;
        this.blocked = false;
        this.steps = 0;
        const begin = this.ended || this.place >= this.duration - 0.001 ? 0 : this.place;
        const entry = this.loop.entry(begin, this.duration);
        if (entry !== this.place) {
            this.place = entry;
            this.jumpTo(entry);
        }
        this.changed();
        await this.run();
    }

    /** Freezes: `frame` is on the screen when the promise is kept. */
    async pause() {
        if (this.reversing) {
            this.reversing = false;
            this.changed();
        } else if (this.wanted) {
            this.wanted = false;
            this.element?.pause();
            // The clock may have run on past the frame on the screen: go to exactly that one.
            this.landing = this.exact ? this.seeker.frame : null;
            this.target ??= this.place;
            this.changed();
        }
        await this.run();
    }

    toggle() {
        return this.wanted || this.reversing ? this.pause() : this.play();
    }

    /** Play backwards, frame by frame, as fast as frames come but no faster than forward. */
    async reverse() {
        await this.pause();
        if (this.reversing || !this.hasPicture) {
            return;
        }
        this.reversing = true;
        this.changed();
        while (this.reversing) {
            const began = performance.now();
            const from = this.place;
            await this.step(-1, true);
            if (this.place >= from) {
                this.reversing = false;
            }
            const due = began + ((from - this.place) * 1000) / this.rate;
            while (this.reversing && performance.now() < due) {
                await new Promise((resolve) => requestAnimationFrame(resolve));
            }
        }
        this.changed();
    }

    /** @param {number} position s @returns {Promise<void>} kept when a frame is on the screen */
    seek(position) {
        this.reversing = false;
        this.steps = 0;
        this.ended = false;
        this.landing = null;
        this.target = Math.min(Math.max(0, position), this.duration || position);
        this.place = this.target;
        this.jumping = true;
        this.emit("position", this.place);
        return this.run();
    }

    /** Show the frame that begins nearest to a position. @param {number} position s @returns {Promise<void>} */
    async seekNearest(position) {
        if (Math.abs(position - this.place) < 0.0005 && !this.wanted) {
            return;
        }
        await this.seek(position);
        const next = this.times.next(this.place)?.time ?? this.place + this.times.interval(this.place);
        const late = position - this.place;
        if (this.hasPicture && late > next - position && next < this.duration && !this.wanted) {
            await this.step(1);
        }
    }

    /**
     * @param {number} count frames, negative for back; a sound goes by tenths of a second
     * @param {boolean} [reversing]
     * @returns {Promise<void>} kept when that frame is on the screen
     */
    async step(count, reversing = false) {
        if (!reversing && (this.wanted || this.reversing)) {
            await this.pause();
        }
        if (!this.hasPicture) {
            await this.seek(this.place + count / 10);
            return;
        }
        this.steps += count;
        await this.run();
    }

    toStart() {
        return this.seek(0);
    }

    /** The last frame. */
    toEnd() {
        return this.seek(this.duration);
    }

    setRate(rate) {
        this.rate = rate;
        if (this.element) {
            this.element.playbackRate = rate;
        }
        this.changed();
    }

    /** Play a little faster or slower than the rate, to catch up. @param {number} by share of it */
    nudge(by) {
        const rate = this.rate * (1 + by);
        if (this.element && Math.abs(this.element.playbackRate - rate) > 0.001) {
            this.element.playbackRate = rate;
        }
    }

    /** @param {number} by -1 or 1: the next of the usual speeds */
    changeRate(by) {
        const index = RATES.findIndex((rate) => rate >= this.rate);
        this.setRate(RATES[Math.min(Math.max(0, index + by), RATES.length - 1)]);
    }

    setSound({ volume = this.volume, muted = this.muted }) {
        this.volume = volume;
        this.muted = muted;
        this.applySound();
        this.changed();
    }

    applySound() {
        if (this.element) {
            this.element.volume = this.volume;
            this.element.muted = this.muted;
        }
    }

    // ------------------------------------------------------------------
    // The stretch that is repeated
    // ------------------------------------------------------------------

    markStart() {
        this.loop.setStart(this.place);
        this.changed();
    }

    markEnd() {
        this.loop.setEnd(this.place);
        this.changed();
    }

    clearLoop() {
        this.loop.clear();
        this.changed();
    }

    // ------------------------------------------------------------------
    // One thing at a time
    // ------------------------------------------------------------------

    /** Seeks, then steps, then plays: whatever is asked for, in the order that makes sense, never two at once. */
    run() {
        this.running ??= this.work().finally(() => {
            this.running = null;
            this.changed();
        });
        return this.running;
    }

    async work() {
        try {
            while (this.loaded && this.element && (this.target !== null || this.steps)) {
                await this.workOnce();
            }
            if (this.loaded && this.wanted && this.element?.paused) {
                await this.begin();
            }
        } catch (error) {
            if (error.message !== "aborted") {
                throw error;
            }
        }
    }

    async workOnce() {
        // A picture that moves on proves nothing about the frame sought.
        this.element.pause();
        if (this.target !== null) {
            const { target, landing } = this;
            this.landing = null;
            const shown = await this.show(target, landing);
            if (this.target === target) {
                this.target = null;
                this.arrive();
                this.settle(this.hasPicture ? shown : target);
                this.stopAtEnd(target);
            }
            return;
        }
        const direction = Math.sign(this.steps);
        this.steps -= direction;
        this.settle(await (direction > 0 ? this.stepper.forward(this.place) : this.stepper.back(this.place)));
    }

    show(target, landing) {
        if (!this.hasPicture) {
            return this.seeker.show(target);
        }
        return landing === null ? this.stepper.seek(target) : this.stepper.land(landing);
    }

    arrive() {
        if (this.jumping) {
            this.jumping = false;
            this.emit("jump");
        }
    }

    settle(position) {
        const moved = position !== this.place;
        this.place = position;
        this.ended = false;
        if (moved) {
            this.emit("position", position);
        }
    }

    /** Played on from its end, an element would begin anew. */
    stopAtEnd(target) {
        if (this.wanted && this.duration && target >= this.duration) {
            this.wanted = false;
            this.ended = true;
        }
    }

    async begin() {
        try {
            this.ended = false;
            await this.element.play();
            if (!this.exact) {
                this.followClock();
            }
        } catch (error) {
            if (error.name === "NotAllowedError") {
                this.wanted = false;
                this.blocked = true;
            }
        }
    }

    // ------------------------------------------------------------------
    // What the element tells
    // ------------------------------------------------------------------

    onFrame(time) {
        this.times.note(time);
        if (this.wanted && !this.running) {
            this.onAdvance(time);
        }
    }

    /** Where the browser names no frames: its clock, at each repaint. */
    followClock() {
        requestAnimationFrame(() => {
            if (this.wanted && this.element && !this.element.paused) {
                if (!this.running) {
                    this.onAdvance(this.element.currentTime);
                }
                this.followClock();
            }
        });
    }

    onAdvance(time) {
        const wrapped = this.loop.wrap(time, this.duration);
        if (wrapped !== null) {
            this.goRound(time, wrapped);
        } else {
            this.place = time;
            this.emit("position", time);
        }
    }

    goRound(from, to) {
        this.place = from;
        this.emit("position", from);
        this.jumpTo(to);
        this.run();
    }

    /** A stretch is marked by a frame's own time: to be landed on. */
    jumpTo(position) {
        this.jumping = true;
        this.target = position;
        this.landing = this.exact && position === this.loop.start ? position : null;
    }

    onEnded() {
        if (this.wanted && this.loop.isSet) {
            this.goRound(this.place, this.loop.stretch(this.duration).start);
            return;
        }
        if (!this.wanted) {
            return;
        }
        this.wanted = false;
        this.ended = true;
        this.target = this.duration;
        // Back to the frame itself, so that a step from here is exact.
        this.run().then(() => {
            this.ended = true;
            this.changed();
        });
    }

    /** By the browser: headphones unplugged, a phone call. */
    onPause() {
        const { paused, ended, error } = this.element;
        if (this.wanted && this.loaded && paused && !ended && !error && !this.running) {
            this.pause();
        }
        this.changed();
    }
}
