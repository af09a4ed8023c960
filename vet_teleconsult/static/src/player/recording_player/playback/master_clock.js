/** The one time that all files of a recording follow. */
export class MasterClock {
    /** @param {() => number} now milliseconds on a steady clock */
    constructor(now = () => performance.now()) {
        this.now = now;
        this.rate = 1;
        this.running = false;
        this.anchorPosition = 0;
        this.anchorTime = 0;
    }

    /** @returns {number} position on the recording's timeline, s */
    get position() {
        return this.positionAt(this.now());
    }

    /** @param {number} time ms on the clock's own scale */
    positionAt(time) {
        if (!this.running) {
            return this.anchorPosition;
        }
        return this.anchorPosition + ((time - this.anchorTime) / 1000) * this.rate;
    }

    start() {
        this.set(this.position);
        this.running = true;
    }

    stop() {
        this.set(this.position);
        this.running = false;
    }

    /** @param {number} position s */
    set(position) {
        this.anchorPosition = position;
        this.anchorTime = this.now();
    }

    /** @param {number} rate 1 is real time */
    setRate(rate) {
        this.set(this.position);
        this.rate = rate;
    }
}
