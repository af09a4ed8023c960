/**
 * Frames nearer to each other than this count as one, s. Phones film at 240 pictures a second (4.2 ms) at most; what is
 * filmed faster is stored slowed down.
 */
export const RESOLUTION = 0.002;
/** Two readings of one frame's time differ by less, s. */
const SAME = 0.0005;
/** Where nothing is known of a clip, s between two frames. */
const USUAL_INTERVAL = 1 / 30;

/**
 * What is known of the times at which a clip's frames begin. Files do not tell a browser's page, and phones film at a
 * rate that varies, so times are learned from the frames that were shown.
 *
 * A seek to t that shows the frame of time s proves more than that s exists: with s <= t no frame begins in (s, t], with
 * s > t none in [t, s). Two frames are neighbours when such proofs close the gap between them.
 */
export class FrameTimes {
    /** @param {number|null} [frameRate] frames a second, as far as it is known */
    constructor(frameRate = null) {
        this.frameRate = frameRate;
        /** @type {{time: number, since: number, until: number}[]} no other frame begins in [since, until] */
        this.frames = [];
        this.complete = false;
        this.lastInterval = null;
    }

    /**
     * Take all times at once, from a file's own index.
     *
     * @param {number[]} times s, in order
     */
    load(times) {
        this.frames = times.map((time, index) => ({
            time,
            since: index ? times[index - 1] + SAME : -Infinity,
            until: index + 1 < times.length ? times[index + 1] - SAME : Infinity,
        }));
        this.complete = true;
    }

    /** A complete index that a frame on the screen contradicts is worth nothing. */
    forget() {
        this.frames = [];
        this.complete = false;
    }

    get count() {
        return this.frames.length;
    }

    /**
     * A frame was on the screen.
     *
     * @param {number} time s
     * @returns {{time: number, since: number, until: number}}
     */
    note(time) {
        const index = this.after(time - SAME);
        const found = this.frames[index];
        if (found && Math.abs(found.time - time) < SAME) {
            return found;
        }
        if (this.complete) {
            this.forget();
            return this.note(time);
        }
        const frame = { time, since: time, until: time };
        this.frames.splice(index, 0, frame);
        return frame;
    }

    /**
     * A seek was made and its frame shown.
     *
     * @param {number} target s, the time sought
     * @param {number} time s, of the frame shown
     */
    learn(target, time) {
        const frame = this.note(time);
        const index = this.frames.indexOf(frame);
        // A frame that was seen between target and time is believed over the proof.
        if (target >= time) {
            frame.until = Math.max(frame.until, Math.min(target, (this.frames[index + 1]?.time ?? Infinity) - SAME));
        } else {
            frame.since = Math.min(frame.since, Math.max(target, (this.frames[index - 1]?.time ?? -Infinity) + SAME));
        }
        const previous = this.previous(time);
        if (previous !== null) {
            this.lastInterval = time - previous;
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

    /** @returns {number} place among the known frames of the one shown at a time; -1 before the first */
    indexAt(time) {
        return this.after(time + SAME) - 1;
    }

    /** @returns {{time: number, since: number, until: number}|null} the known frame shown at a time, or before it */
    at(time) {
        return this.frames[this.indexAt(time)] ?? null;
    }

    /** @returns {{time: number, since: number, until: number}|null} the next known frame, neighbour or not */
    following(time) {
        return this.frames[this.after(time + SAME)] ?? null;
    }

    /** @returns {{time: number, since: number, until: number}|null} the known frame before, neighbour or not */
    preceding(time) {
        return this.frames[this.after(time - SAME) - 1] ?? null;
    }

    areNeighbours(frame, following) {
        return following.since - frame.until <= RESOLUTION;
    }

    /** @returns {number|null} time of the frame that follows, where that is proven */
    next(time) {
        const frame = this.at(time);
        const following = this.following(time);
        return frame && following && this.areNeighbours(frame, following) ? following.time : null;
    }

    /** @returns {number|null} time of the frame before, where that is proven */
    previous(time) {
        const frame = this.at(time);
        const preceding = this.preceding(time);
        return frame && preceding && this.areNeighbours(preceding, frame) ? preceding.time : null;
    }

    isFirst(time) {
        return (this.at(time)?.since ?? Infinity) <= 0 && !this.preceding(time);
    }

    /** @param {number} time @param {number} duration s */
    isLast(time, duration) {
        return (this.at(time)?.until ?? -Infinity) >= duration - SAME && !this.following(time);
    }

    /** @returns {number} s that the frame at a time is likely to last */
    interval(time) {
        const next = this.next(time);
        if (next !== null) {
            return next - this.at(time).time;
        }
        if (this.lastInterval) {
            return this.lastInterval;
        }
        return this.frameRate > 0 ? 1 / this.frameRate : USUAL_INTERVAL;
    }

    /** @returns {number} s, a place to seek to that lies safely inside a frame */
    aim(time) {
        const next = this.next(time);
        return next === null ? time + RESOLUTION / 2 : time + Math.min(RESOLUTION, (next - time) / 2);
    }
}
