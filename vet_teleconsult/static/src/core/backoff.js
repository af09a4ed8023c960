/**
 * Delays between attempts that grow and carry some jitter, so that many browsers
 * that lost the same server do not return at the same instant.
 */
export class Backoff {
    /**
     * @param {object} [options]
     * @param {number} [options.first] first delay, in milliseconds
     * @param {number} [options.longest] longest delay, in milliseconds
     * @param {number} [options.factor] growth from one delay to the next
     * @param {number} [options.jitter] share of the delay that is random, 0 to 1
     */
    constructor({ first = 500, longest = 5000, factor = 1.7, jitter = 0.2 } = {}) {
        Object.assign(this, { first, longest, factor, jitter });
        this.reset();
    }

    reset() {
        this.attempt = 0;
    }

    /** @returns {number} milliseconds to wait before the next attempt */
    next() {
        const base = Math.min(this.longest, this.first * this.factor ** this.attempt);
        this.attempt += 1;
        return base * (1 - this.jitter + 2 * this.jitter * Math.random());
    }
}
