/** Shortest stretch that is repeated, s. */
const SHORTEST = 0.05;

/** A stretch of a clip that is played over and over: from `start` to the frame of `end`, both in s; null where unset. */
export class Loop {
    constructor() {
        this.clear();
    }

    clear() {
        this.start = null;
        this.end = null;
    }

    get isSet() {
        return this.start !== null || this.end !== null;
    }

    /** @param {number} time s; an end that lies before it is dropped */
    setStart(time) {
        this.start = Math.max(0, time);
        if (this.end !== null && this.end < this.start + SHORTEST) {
            this.end = null;
        }
    }

    /** @param {number} time s; a start that lies after it is dropped */
    setEnd(time) {
        this.end = time;
        if (this.start !== null && this.start > this.end - SHORTEST) {
            this.start = null;
        }
    }

    /** @param {number} duration s @returns {{start: number, end: number}} */
    stretch(duration) {
        return { start: this.start ?? 0, end: Math.min(this.end ?? duration, duration) };
    }

    /**
     * @param {number} position s, where the clip plays
     * @param {number} duration s
     * @returns {number|null} s, where it is to go on instead
     */
    wrap(position, duration) {
        if (!this.isSet) {
            return null;
        }
        const { start, end } = this.stretch(duration);
        return position >= end ? start : null;
    }

    /** @returns {number} s, where playing is to begin: a position outside the stretch leads to its start */
    entry(position, duration) {
        if (!this.isSet) {
            return position;
        }
        const { start, end } = this.stretch(duration);
        return position < start || position >= end ? start : position;
    }
}
