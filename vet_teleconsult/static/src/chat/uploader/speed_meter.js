/** A speed forgets half of what it was after this many milliseconds. */
const HALF_LIFE = 4000;
/** Steps shorter than this say nothing: the browser hands whole buffers to the network. */
const SHORTEST = 400;

/**
 * How fast something goes, smoothed so that the time left can be read.
 */
export class SpeedMeter {
    /** @param {() => number} [now] milliseconds */
    constructor(now = () => performance.now()) {
        this.now = now;
        this.reset();
    }

    /** After a pause nothing is known. */
    reset() {
        this.last = null;
        /** @type {number} per second; 0 while unknown */
        this.speed = 0;
    }

    /**
     * @param {number} amount in all, so far; less than before when the service has less than was sent
     * @returns {number} the speed a second
     */
    note(amount) {
        const time = this.now();
        if (!this.last || amount < this.last.amount) {
            this.last = { time, amount };
            return this.speed;
        }
        const step = time - this.last.time;
        if (step >= SHORTEST) {
            const current = ((amount - this.last.amount) / step) * 1000;
            const weight = this.speed ? 1 - 0.5 ** (step / HALF_LIFE) : 1;
            this.speed += (current - this.speed) * weight;
            this.last = { time, amount };
        }
        return this.speed;
    }
}
