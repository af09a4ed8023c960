import { RESOLUTION } from "./frame_times";

/** Seeks after which the next frame is taken for good as found; bisecting a second takes ten. */
const MOST_PROBES = 40;

/**
 * Goes from frame to frame, whatever the distance between them, and proves on the way that none lies between. A step
 * back takes one seek; a step forward one where the clip is known, else two: one to just before the frame expected, to
 * see that nothing comes earlier, one to the frame.
 */
export class FrameStepper {
    /**
     * @param {import("./frame_times").FrameTimes} times
     * @param {(target: number) => Promise<number>} show seeks to a time (s); gives the time of the frame then shown (s)
     * @param {() => number} duration s
     */
    constructor(times, show, duration) {
        this.times = times;
        this.show = show;
        this.duration = duration;
    }

    /** @param {number} target s @returns {Promise<number>} s, of the frame shown */
    async seek(target) {
        const time = await this.show(target);
        this.times.learn(target, time);
        return time;
    }

    /**
     * Show a frame that is known.
     *
     * @param {number} time s
     * @returns {Promise<number>} s
     */
    land(time) {
        return this.seek(Math.min(this.times.aim(time), Math.max(time, this.duration())));
    }

    /**
     * @param {number} from s, time of the frame on the screen
     * @returns {Promise<number>} s, time of the frame that follows, now on the screen; the same at the end
     */
    async forward(from) {
        let shown = from;
        this.times.note(from);
        for (let probe = 0; probe < MOST_PROBES; probe++) {
            const next = this.times.next(from);
            if (next !== null) {
                return Math.abs(next - shown) < RESOLUTION / 2 ? shown : this.land(next);
            }
            if (this.times.isLast(from, this.duration())) {
                return Math.abs(from - shown) < RESOLUTION / 2 ? shown : this.land(from);
            }
            shown = await this.seek(this.placeAfter(this.times.at(from)));
        }
        return this.land(this.times.following(from)?.time ?? from);
    }

    /** @returns {number} s, where a seek tells most about what follows a frame */
    placeAfter(frame) {
        const following = this.times.following(frame.time);
        const { until } = frame;
        if (following) {
            return this.placeBetween(frame, following);
        }
        const expected = frame.time + this.times.interval(frame.time);
        let place = expected - RESOLUTION / 2;
        if (until >= place - RESOLUTION / 4) {
            place = Math.max(until + RESOLUTION, expected + (until - expected) * 2);
        }
        return Math.min(place, this.duration());
    }

    /** @returns {number} s: just before the later one, and when that told nothing, halve what is left */
    placeBetween(frame, following) {
        if (following.since >= following.time) {
            return Math.max(following.time - RESOLUTION / 2, (frame.until + following.time) / 2);
        }
        return (frame.until + following.since) / 2;
    }

    /**
     * @param {number} from s, time of the frame on the screen
     * @returns {Promise<number>} s, time of the frame before, now on the screen; the same at the beginning
     */
    async back(from) {
        let shown = from;
        let reach = RESOLUTION / 2;
        this.times.note(from);
        for (let probe = 0; probe < MOST_PROBES; probe++) {
            const previous = this.times.previous(from);
            if (previous !== null) {
                return Math.abs(previous - shown) < RESOLUTION / 2 ? shown : this.land(previous);
            }
            if (this.times.isFirst(from)) {
                return Math.abs(from - shown) < RESOLUTION / 2 ? shown : this.land(from);
            }
            const frame = this.times.at(from);
            const preceding = this.times.preceding(from);
            if (preceding) {
                shown = await this.seek(this.placeBetween(preceding, frame));
            } else {
                shown = await this.seek(Math.max(0, frame.since - reach));
                reach *= 2;
            }
        }
        return this.land(this.times.preceding(from)?.time ?? from);
    }
}
