/**
 * How a file that runs ahead of or behind the master clock is brought back: by playing it a little slower or faster,
 * which nobody hears, and only when that would take too long by seeking.
 */

/** Largest change of speed, as a share of it. */
export const LARGEST_NUDGE = 0.05;
/** Drift above which a seek is quicker than nudging, s. */
export const SEEK_LIMIT = 0.25;
/** Correct from here, s ... */
const CORRECT_FROM = 0.012;
/** ... until here, so that the speed does not flutter, s. */
const CORRECT_UNTIL = 0.004;
/** A drift is to be gone after about this long, s. */
const CORRECTION_TIME = 0.5;
const STEP = 0.005;
const SAMPLES = 5;

/** @param {number[]} values at least one */
export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Decides from single, noisy measurements of drift what to do with one element. */
export class DriftCorrector {
    constructor() {
        this.reset();
    }

    reset() {
        this.samples = [];
        this.nudge = 0;
    }

    /**
     * @param {number} drift s, positive when the element is ahead of the clock
     * @returns {{nudge: number, seek: boolean}} nudge: what to add to a speed of 1
     */
    update(drift) {
        this.samples.push(drift);
        if (this.samples.length > SAMPLES) {
            this.samples.shift();
        }
        if (this.samples.length < 3) {
            return { nudge: this.nudge, seek: false };
        }
        const typical = median(this.samples);
        if (Math.abs(typical) > SEEK_LIMIT) {
            this.reset();
            return { nudge: 0, seek: true };
        }
        const size = Math.abs(typical);
        if (size > CORRECT_FROM || (this.nudge && size > CORRECT_UNTIL)) {
            const wanted = Math.round(-typical / CORRECTION_TIME / STEP) * STEP;
            this.nudge = Math.max(-LARGEST_NUDGE, Math.min(LARGEST_NUDGE, wanted));
        } else {
            this.nudge = 0;
        }
        return { nudge: this.nudge, seek: false };
    }
}
