import { MasterClock } from "./master_clock";
import { Recovery } from "./recovery";
import { SegmentElement } from "./segment_element";
import { median, SEEK_LIMIT } from "./drift";
import { buildTimeline, segmentsAround } from "./timeline";

const TICK = 50;
/** Start fetching a segment so long before it begins, s. */
const PRELOAD_AHEAD = 20;
/** Two realignments are at least so far apart, ms: a slow machine is to play, not to stutter. */
const REALIGN_INTERVAL = 3000;
/** A file that begins this late catches up by itself, s. */
const LATE_START = 0.15;
/** Share of the files' common drift that the clock takes over in one tick. */
const CLOCK_GAIN = 0.25;
/** Share of a file's late start that the next start takes into account. */
const LATENCY_GAIN = 0.7;
/** s */
const LONGEST_LATENCY = 0.15;

/**
 * Plays the files of a recording in step, by one clock. Knows no Owl: whoever shows it attaches a media element for
 * each segment that `tiles` names and listens to two events: `change` (what is to be seen) and `position`.
 *
 * Status: `paused`, `buffering` (to play as soon as every active file can), `playing`, `ended`.
 */
export class Playback extends EventTarget {
    /**
     * @param {Object} player the answer of `/vet_teleconsult/room/recording`
     * @param {Object} options
     * @param {() => Promise<Object>} [options.reload] fetches the same with fresh addresses
     * @param {MasterClock} [options.clock]
     */
    constructor(player, { reload, clock = new MasterClock() } = {}) {
        super();
        this.timeline = buildTimeline(player);
        this.downloadUrl = player.download_url;
        this.clock = clock;
        this.rate = 1;
        this.status = "paused";
        /** The browser refused to play without a click. */
        this.blocked = false;
        /** @type {Map<string, SegmentElement>} by segment id */
        this.items = new Map();
        this.sound = new Map();
        this.recovery = new Recovery(this, reload);
        this.shown = "";
        this.ticks = 0;
        this.realignedAt = -Infinity;
        /** From play() to the first sound or picture, s; learned, from what desktop browsers typically take. */
        this.startLatency = { camera: 0.07, screen: 0.01 };
        this.timer = null;
    }

    destroy() {
        clearInterval(this.timer);
        this.recovery.destroy();
        for (const item of this.items.values()) {
            item.destroy();
        }
        this.items.clear();
    }

    get duration() {
        return this.timeline.duration;
    }

    get position() {
        return Math.min(this.clock.position, this.duration);
    }

    get wanted() {
        return this.status === "playing" || this.status === "buffering";
    }

    // ------------------------------------------------------------------
    // What is to be seen
    // ------------------------------------------------------------------

    /**
     * @returns {{track: import("./timeline").Track, active: boolean, current: import("./timeline").Segment,
     *            mounted: import("./timeline").Segment[], problem: Object|null}[]}
     */
    get tiles() {
        const position = this.position;
        return this.timeline.tracks.map((track) => {
            const { active, next, previous } = segmentsAround(track, position);
            const current = active || next || previous;
            const problem = (active && this.items.get(active.id)?.problem) || null;
            const mounted = current === next || !next ? [current] : [current, next];
            return { track, active: Boolean(active) && !problem, current, mounted, problem };
        });
    }

    /** @returns {SegmentElement[]} files that belong to the present position and can play */
    get activeItems() {
        return this.tiles
            .filter((tile) => tile.active && this.items.has(tile.current.id))
            .map((tile) => this.items.get(tile.current.id));
    }

    changed() {
        this.shown = this.signature();
        this.dispatchEvent(new Event("change"));
        this.dispatchEvent(new Event("position"));
    }

    signature() {
        return this.tiles
            .map(({ active, mounted, problem }) => `${active}:${problem?.code}:${mounted.map(({ id }) => id)}`)
            .join("|");
    }

    // ------------------------------------------------------------------
    // Media elements
    // ------------------------------------------------------------------

    /**
     * @param {import("./timeline").Segment} segment
     * @param {HTMLMediaElement} element
     * @returns {() => void} to call when the element goes
     */
    attach(segment, element) {
        const item = new SegmentElement(segment, element);
        this.items.set(segment.id, item);
        const listeners = {
            loadedmetadata: () => this.onMetadata(item),
            seeked: () => item.onSeeked(),
            canplay: () => this.onLoaded(item),
            error: () => this.recovery.recover(item),
            pause: () => this.onPause(item),
        };
        for (const [name, listener] of Object.entries(listeners)) {
            element.addEventListener(name, listener);
        }
        this.applySound(item);
        item.load(segment.url);
        return () => {
            for (const [name, listener] of Object.entries(listeners)) {
                element.removeEventListener(name, listener);
            }
            if (this.items.get(segment.id) === item) {
                this.items.delete(segment.id);
            }
            item.destroy();
        };
    }

    onMetadata(item) {
        item.onMetadata();
        const { segment } = item;
        const position = this.position;
        if (position >= segment.start && position < segment.end) {
            item.seek(position);
        }
        this.changed();
    }

    onLoaded(item) {
        if (!item.recovering) {
            item.attempts = 0;
        }
    }

    /** Not our doing: a media key, a phone call, the browser saving power. */
    onPause(item) {
        if (this.wanted && !item.holding && !item.atEnd && !item.element.error) {
            this.pause();
        }
    }

    // ------------------------------------------------------------------
    // Commands
    // ------------------------------------------------------------------

    play() {
        if (this.wanted) {
            return;
        }
        if (this.position >= this.duration) {
            this.clock.set(0);
            this.holdAll();
        }
        this.blocked = false;
        this.setStatus("buffering");
        this.timer ??= setInterval(() => this.tick(), TICK);
        this.tick();
    }

    pause() {
        this.clock.stop();
        this.holdAll();
        this.stopTimer();
        this.setStatus("paused");
    }

    toggle() {
        return this.wanted ? this.pause() : this.play();
    }

    /** @param {number} position s */
    seek(position) {
        this.clock.stop();
        this.clock.set(Math.min(Math.max(0, position), this.duration));
        this.holdAll();
        for (const item of this.activeItems) {
            item.seek(this.position);
        }
        if (this.wanted) {
            this.setStatus("buffering");
        } else {
            this.setStatus("paused");
        }
    }

    /** @param {number} rate 0.5 to 2 */
    setRate(rate) {
        this.rate = rate;
        this.clock.setRate(rate);
        for (const item of this.items.values()) {
            item.corrector.reset();
            item.element.playbackRate = rate;
        }
        this.changed();
    }

    /**
     * @param {string} participant
     * @param {{volume?: number, muted?: boolean}} sound volume 0 to 1
     */
    setSound(participant, sound) {
        this.sound.set(participant, { ...this.soundOf(participant), ...sound });
        for (const item of this.items.values()) {
            this.applySound(item);
        }
        this.changed();
    }

    soundOf(participant) {
        return this.sound.get(participant) || { volume: 1, muted: false };
    }

    applySound(item) {
        const { volume, muted } = this.soundOf(item.segment.participant);
        item.element.volume = volume;
        item.element.muted = muted;
    }

    retry() {
        for (const item of this.items.values()) {
            if (item.problem) {
                item.problem = null;
                item.attempts = 0;
                this.recovery.recover(item);
            }
        }
        this.changed();
    }

    // ------------------------------------------------------------------
    // Keeping step
    // ------------------------------------------------------------------

    setStatus(status) {
        this.status = status;
        this.changed();
    }

    stopTimer() {
        clearInterval(this.timer);
        this.timer = null;
    }

    holdAll() {
        for (const item of this.items.values()) {
            item.pause();
        }
    }

    tick() {
        if (this.clock.running) {
            this.keepStep();
        } else {
            this.tryToStart();
        }
        this.ticks++;
        if (this.shown !== this.signature()) {
            this.changed();
        } else if (this.ticks % 4 === 0) {
            this.dispatchEvent(new Event("position"));
        }
    }

    /** The tiles that play now, with those whose element is still to be made. */
    get activeSegments() {
        return this.tiles.filter((tile) => tile.active).map((tile) => tile.current);
    }

    tryToStart() {
        const position = this.clock.position;
        const segments = this.activeSegments;
        const items = this.activeItems;
        if (items.length < segments.length) {
            return;
        }
        const waiting = items.filter((item) => !item.launched && !item.prepare(position));
        this.recovery.watchStalls(items);
        if (waiting.length) {
            return;
        }
        const latencies = items.map((item) => this.startLatency[item.segment.source]);
        const slowest = Math.max(...latencies);
        items.forEach((item, index) => {
            if (!item.launched && !item.atEnd) {
                item.launchIn(slowest - latencies[index], (ready) => this.launch(ready));
            }
        });
        if (!items.every((item) => item.advanced)) {
            return;
        }
        this.startClock(items.filter((item) => !item.atEnd));
    }

    launch(item) {
        item.play(this.rate).catch((error) => {
            if (error.name === "NotAllowedError" && this.wanted) {
                this.blocked = true;
                this.pause();
            }
        });
    }

    startClock(items) {
        const positions = items.map((item) => item.position).sort((a, b) => a - b);
        if (positions.length) {
            const spread = positions.at(-1) - positions[0];
            if (spread > SEEK_LIMIT && this.mayRealign()) {
                this.holdAll();
                this.clock.set(positions[0]);
                return;
            }
            this.clock.set(median(positions));
        }
        this.clock.start();
        this.setStatus("playing");
    }

    keepStep() {
        const position = this.clock.position;
        if (position >= this.duration) {
            this.finish();
            return;
        }
        const items = this.activeItems;
        const active = new Set(items);
        for (const item of this.items.values()) {
            if (!active.has(item)) {
                this.rest(item, position);
            }
        }
        const now = this.clock.now();
        const complete = items.length === this.activeSegments.length;
        const starved = items.some((item) =>
            item.launched ? item.isStarved(now) : !item.prepare(position, LATE_START)
        );
        if (!complete || starved) {
            this.wait();
            return;
        }
        for (const item of items.filter((other) => !other.launched && !other.atEnd)) {
            this.launch(item);
        }
        this.correctDrift(items.filter((item) => item.advanced && !item.atEnd));
    }

    /** What all files have in common is the clock's own error: it follows them, unheard; they make up the rest. */
    correctDrift(items) {
        if (!items.length) {
            return;
        }
        const drifts = items.map((item) => item.position - this.clock.position);
        const common = median(drifts) * CLOCK_GAIN;
        this.clock.set(this.clock.position + common);
        const outOfReach = items.filter((item, index) => !item.follow(drifts[index] - common, this.rate));
        this.learnStartLatency(items);
        if (outOfReach.length && this.mayRealign()) {
            this.wait();
        }
    }

    /** The next file that joins is launched as much earlier as this one came late. */
    learnStartLatency(items) {
        for (const item of items) {
            const lateness = item.takeStartLateness();
            if (lateness !== null) {
                const { source } = item.segment;
                const latency = this.startLatency[source] + lateness * LATENCY_GAIN;
                this.startLatency[source] = Math.min(Math.max(0, latency), LONGEST_LATENCY);
            }
        }
    }

    mayRealign() {
        const now = this.clock.now();
        if (now - this.realignedAt < REALIGN_INTERVAL) {
            return false;
        }
        this.realignedAt = now;
        return true;
    }

    /** A file that is not to be heard now, ready for when it is. */
    rest(item, position) {
        const ahead = item.segment.start - position;
        if (ahead <= 0) {
            item.pause();
        } else if (ahead < PRELOAD_AHEAD && !item.launched) {
            const latency = this.startLatency[item.segment.source];
            item.standBy(ahead / this.rate - latency, (ready) => this.launch(ready));
        }
    }

    /** Everyone waits for the slowest. */
    wait() {
        this.clock.stop();
        this.holdAll();
        this.setStatus("buffering");
    }

    finish() {
        this.clock.stop();
        this.clock.set(this.duration);
        this.holdAll();
        this.stopTimer();
        this.setStatus("ended");
    }
}
