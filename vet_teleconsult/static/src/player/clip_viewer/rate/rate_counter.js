/** Below these a rate is not to be relied on. */
export const FEWEST_TAPS = 6;
/** s */
export const SHORTEST_TIME = 10;
/** Taps whose distances vary more than this (standard deviation as a share of the mean) hardly follow a rhythm. */
const IRREGULAR = 0.35;

const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * A rate counted by tapping along with a clip. Taps are told in the clip's own time, so that slow motion counts right, and
 * what lies between two passes through a stretch that is repeated does not count.
 */
export class RateCounter {
    constructor() {
        this.reset();
    }

    reset() {
        /** @type {number[][]} s, the taps of each pass */
        this.passes = [[]];
    }

    /** @param {number} time s, in the clip */
    tap(time) {
        const pass = this.passes.at(-1);
        if (pass.length && time <= pass.at(-1)) {
            if (time < pass.at(-1)) {
                this.passes.push([time]);
            }
            return;
        }
        pass.push(time);
    }

    /** The clip goes on elsewhere: what follows is another pass. */
    jump() {
        if (this.passes.at(-1).length) {
            this.passes.push([]);
        }
    }

    undo() {
        while (this.passes.length > 1 && !this.passes.at(-1).length) {
            this.passes.pop();
        }
        this.passes.at(-1).pop();
    }

    get taps() {
        return this.passes.flat();
    }

    get count() {
        return this.taps.length;
    }

    /** @returns {number[]} s between taps that follow each other in one pass */
    get intervals() {
        return this.passes.flatMap((pass) => pass.slice(1).map((time, index) => time - pass[index]));
    }

    /** @returns {number} s of the clip over which was counted: from the first tap of each pass to its last */
    get counted() {
        return sum(this.intervals);
    }

    /** @returns {number|null} taps a minute; null before the second tap of a pass */
    get rate() {
        const { intervals, counted } = this;
        return intervals.length ? (60 * intervals.length) / counted : null;
    }

    /** @returns {number} standard deviation of the distances between taps, as a share of their mean */
    get variation() {
        const { intervals } = this;
        if (intervals.length < 2) {
            return 0;
        }
        const mean = sum(intervals) / intervals.length;
        const variance = sum(intervals.map((value) => (value - mean) ** 2)) / (intervals.length - 1);
        return Math.sqrt(variance) / mean;
    }

    /** @returns {number|null} by how much the rate may be off: its standard error, taps a minute */
    get margin() {
        const { intervals, rate } = this;
        return intervals.length < 2 ? null : (rate * this.variation) / Math.sqrt(intervals.length);
    }

    /** @returns {"few"|"short"|"irregular"|"good"} */
    get confidence() {
        if (this.count < FEWEST_TAPS) {
            return "few";
        }
        if (this.counted < SHORTEST_TIME) {
            return "short";
        }
        return this.variation > IRREGULAR ? "irregular" : "good";
    }

    /** @returns {{start: number, end: number}|null} s, the stretch of the clip that was counted in */
    get stretch() {
        const { taps } = this;
        return taps.length ? { start: Math.min(...taps), end: Math.max(...taps) } : null;
    }
}
