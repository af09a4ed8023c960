/**
 * Frames nearer to each other than this count as one, s. Phones film at 240 pictures a second (4.2 ms) at most; what is
 * filmed faster is stored slowed down.
 */
export const RESOLUTION = 0.002;
/** Two readings of one frame's time differ by less, s. */
const SAME = 0.0005;
/** Where nothing is known of a clip, s between two frames. */
const USUAL_INTERVAL = 1 / 30;
/** Frames further apart than so many intervals say nothing of each other. */
const NEAR = 4;

/**
 * @typedef {object} Frame
 * @property {number} time s, when the frame begins
 * @property {number} from s, the earliest place known that a seek to shows this frame; Infinity while there is none
 * @property {number} to s, the latest such place
 */

/**
 * What is known of a clip's frames. A browser does not list them to a page, and phones film at a rate that varies, so they
 * are learned from what seeks have shown.
 *
 * Places to seek to and frames shown go up together. Two frames are neighbours when a place that shows the one and a place
 * that shows the other are so near that no frame fits between. In MP4 each frame is shown from its own time on, so that a
 * frame shown late proves that it begins earlier. In WebM frames carry no durations: browsers guess them, and a seek may
 * show a frame for longer or shorter than it lasts; there, only places that were tried count.
 */
export class FrameTimes {
    /**
     * @param {object} [options]
     * @param {number|null} [options.frameRate] frames a second, as far as it is known
     * @param {boolean} [options.exact] whether a seek shows the frame that its place lies in
     */
    constructor({ frameRate = null, exact = false } = {}) {
        this.frameRate = frameRate;
        this.exact = exact;
        /** @type {Frame[]} in order */
        this.frames = [];
        this.lastInterval = null;
        /** s that a seek goes on showing a frame after it began, where that is not its true duration */
        this.hold = null;
    }

    /**
     * A frame was on the screen.
     *
     * @param {number} time s
     * @returns {Frame}
     */
    note(time) {
        const index = this.after(time - SAME);
        const found = this.frames[index];
        if (found && Math.abs(found.time - time) < SAME) {
            return found;
        }
        const frame = { time, from: Infinity, to: -Infinity };
        this.frames.splice(index, 0, frame);
        return frame;
    }

    /**
     * A seek was made and its frame shown.
     *
     * @param {number} place s, the time sought
     * @param {number} time s, of the frame shown
     */
    learn(place, time) {
        const frame = this.note(time);
        const following = this.following(time);
        if (this.exact && following && following.time <= place - SAME) {
            this.distrust();
        }
        frame.from = Math.min(frame.from, this.exact ? Math.min(place, time) : place);
        frame.to = Math.max(frame.to, place);
        const preceding = this.preceding(time);
        if (preceding && this.areNeighbours(preceding, frame)) {
            this.lastInterval = frame.time - preceding.time;
            this.hold = (preceding.to + frame.from) / 2 - preceding.time;
        }
    }

    /** A seek showed a frame that should have been over: count only places that are tried from here on. */
    distrust() {
        this.exact = false;
        for (const frame of this.frames) {
            frame.from = Infinity;
            frame.to = -Infinity;
        }
    }

    /** @returns {number} index of the first frame that begins after a time */
    after(time) {
        let low = 0;
        let high = this.frames.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.frames[middle].time > time) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** @returns {Frame|null} the known frame that is on the screen at a time, or the nearest known before it */
    at(time) {
        return this.frames[this.after(time + SAME) - 1] ?? null;
    }

    /** @returns {Frame|null} the next known frame, neighbour or not */
    following(time) {
        return this.frames[this.after(time + SAME)] ?? null;
    }

    /** @returns {Frame|null} the known frame before, neighbour or not */
    preceding(time) {
        return this.frames[this.after(time - SAME) - 1] ?? null;
    }

    areNeighbours(frame, following) {
        return following.from - frame.to <= RESOLUTION;
    }

    /** @returns {Frame|null} the frame that follows, where that is proven */
    next(time) {
        const frame = this.at(time);
        const following = this.following(time);
        return frame && following && this.areNeighbours(frame, following) ? following : null;
    }

    /** @returns {Frame|null} the frame before, where that is proven */
    previous(time) {
        const frame = this.at(time);
        const preceding = this.preceding(time);
        return frame && preceding && this.areNeighbours(preceding, frame) ? preceding : null;
    }

    isFirst(time) {
        return (this.at(time)?.from ?? Infinity) <= 0 && !this.preceding(time);
    }

    /** @param {number} time @param {number} duration s */
    isLast(time, duration) {
        return (this.at(time)?.to ?? -Infinity) >= duration - SAME && !this.following(time);
    }

    /** @returns {number} s that the frame at a time is likely to last */
    interval(time) {
        const next = this.next(time);
        if (next) {
            return next.time - this.at(time).time;
        }
        if (this.lastInterval) {
            return this.lastInterval;
        }
        return this.frameRate > 0 ? 1 / this.frameRate : USUAL_INTERVAL;
    }

    /** @returns {Frame|null} the known frame that follows, if it is so near that few can lie between */
    followingNear(time) {
        const following = this.following(time);
        return following && following.time - time < NEAR * this.interval(time) ? following : null;
    }

    /** @returns {Frame|null} the known frame before, if it is so near that few can lie between */
    precedingNear(time) {
        const preceding = this.preceding(time);
        return preceding && time - preceding.time < NEAR * this.interval(preceding.time) ? preceding : null;
    }

    /** @returns {number} s, the last place that is likely to show a frame */
    expectedEnd(frame) {
        if (this.exact) {
            return this.followingNear(frame.time)?.time ?? frame.time + this.interval(frame.time);
        }
        return frame.time + (this.hold ?? this.interval(frame.time));
    }

    /** @returns {number} s, the first place that is likely to show a frame */
    expectedStart(frame) {
        if (this.exact) {
            return frame.time;
        }
        const before = this.preceding(frame.time);
        const interval = this.interval(before?.time ?? frame.time);
        return frame.time - interval + (this.hold ?? interval);
    }

    /** @returns {number} s, a place that shows a frame, or is likely to */
    aim(frame) {
        if (frame.from <= frame.to) {
            return (frame.from + frame.to) / 2;
        }
        return this.expectedStart(frame) + RESOLUTION / 2;
    }
}
