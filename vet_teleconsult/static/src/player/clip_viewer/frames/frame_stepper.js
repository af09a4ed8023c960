import { RESOLUTION } from "./frame_times";

/** Seeks after which the nearest frame known is taken. */
const MOST_PROBES = 40;
const MARGIN = RESOLUTION / 2;

/**
 * Goes from frame to frame, whatever the distance between them, and proves on the way that none lies between. Where the
 * clip is known a step takes one seek; elsewhere one back and two forward: to just before the frame expected, to see that
 * nothing comes earlier, and to the frame.
 */
export class FrameStepper {
    /**
     * @param {import("./frame_times").FrameTimes} times
     * @param {(place: number) => Promise<number>} show seeks to a place (s); gives the time of the frame then shown (s)
     * @param {() => number} duration s
     */
    constructor(times, show, duration) {
        this.times = times;
        this.show = show;
        this.duration = duration;
        /** @type {number|null} s, time of the frame shown last */
        this.shown = null;
    }

    /** @param {number} place s @returns {Promise<number>} s, time of the frame shown */
    async seek(place) {
        this.shown = await this.show(place);
        this.times.learn(place, this.shown);
        return this.shown;
    }

    /**
     * Show a frame that is known.
     *
     * @param {number} time s
     * @returns {Promise<number>} s
     */
    async land(time) {
        const frame = this.times.note(time);
        let low = -Infinity;
        let high = Infinity;
        let place = this.times.aim(frame);
        for (let probe = 0; probe < MOST_PROBES && high - low > MARGIN / 4; probe++) {
            await this.seek(this.inside(place));
            const distance = this.shown - frame.time;
            if (Math.abs(distance) < MARGIN) {
                break;
            }
            if (distance < 0) {
                low = place;
                place = high < Infinity ? (low + high) / 2 : place - distance;
            } else {
                high = place;
                place = low > -Infinity ? (low + high) / 2 : place - Math.min(distance, place - frame.time || distance);
            }
        }
        return this.shown;
    }

    /** @returns {Promise<number>} s; seeks only when another frame is on the screen */
    ensure(frame) {
        return Math.abs(frame.time - this.shown) < MARGIN ? this.shown : this.land(frame.time);
    }

    inside(place) {
        return Math.min(Math.max(0, place), this.duration());
    }

    /**
     * @param {number} time s, of the frame on the screen
     * @returns {Promise<number>} s, time of the frame that follows, now on the screen; the same at the end
     */
    async forward(time) {
        const frame = await this.begin(time);
        let reach = RESOLUTION;
        for (let probe = 0; probe < MOST_PROBES; probe++) {
            const next = this.times.next(frame.time);
            if (next || this.times.isLast(frame.time, this.duration())) {
                return this.ensure(next || frame);
            }
            // What a probe of this step has shown bounds the search, however far off it is.
            const following = this.times[this.shown > frame.time ? "following" : "followingNear"](frame.time);
            const expected = this.times.expectedEnd(frame);
            if (following?.from < Infinity) {
                await this.seek(placeBetween(frame.to, following.from, expected));
            } else if (frame.to < expected - RESOLUTION) {
                await this.seek(this.inside(expected - MARGIN));
            } else {
                await this.seek(this.inside(frame.to + reach));
                reach = Math.max(2 * reach, this.times.exact ? this.times.interval(frame.time) / 2 : 0);
            }
        }
        return this.ensure(this.times.following(frame.time) || frame);
    }

    /**
     * @param {number} time s, of the frame on the screen
     * @returns {Promise<number>} s, time of the frame before, now on the screen; the same at the beginning
     */
    async back(time) {
        const frame = await this.begin(time);
        let reach = RESOLUTION;
        for (let probe = 0; probe < MOST_PROBES; probe++) {
            const previous = this.times.previous(frame.time);
            if (previous || this.times.isFirst(frame.time)) {
                return this.ensure(previous || frame);
            }
            const preceding = this.times[this.shown < frame.time ? "preceding" : "precedingNear"](frame.time);
            const expected = this.times.expectedStart(frame);
            if (preceding?.to > -Infinity) {
                await this.seek(placeBetween(preceding.to, frame.from, expected));
            } else if (frame.from > expected + RESOLUTION) {
                await this.seek(this.inside(expected + MARGIN));
            } else {
                await this.seek(this.inside(frame.from - reach + MARGIN));
                reach *= 2;
            }
        }
        return this.ensure(this.times.preceding(frame.time) || frame);
    }

    /** A step goes out from a place that is known to show the frame. */
    async begin(time) {
        this.shown = time;
        const frame = this.times.note(time);
        if (frame.from > frame.to) {
            await this.land(time);
        }
        return frame;
    }
}

/**
 * @param {number} low s, the last place known to show the earlier frame
 * @param {number} high s, the first place known to show the later one
 * @param {number} expected s, where the one is likely to give way to the other
 * @returns {number} s, where a seek tells most
 */
function placeBetween(low, high, expected) {
    if (expected - MARGIN > low && expected - MARGIN < high - RESOLUTION / 8) {
        return expected - MARGIN;
    }
    if (expected + MARGIN > low && expected + MARGIN < high) {
        return expected + MARGIN;
    }
    return (low + high) / 2;
}
