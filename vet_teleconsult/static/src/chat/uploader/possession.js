import { hold } from "./locks";

/** Milliseconds after which it is clear that another tab has it: an answer of the browser itself takes none. */
const CLEAR = 300;

/**
 * Something that one tab of a browser has at a time, until it lets go of it or another takes it over.
 */
export class Possession {
    /**
     * @param {string} name of the lock
     * @param {object} listeners
     * @param {() => Promise<void>|void} listeners.onTaken this tab has it now
     * @param {() => void} listeners.onLost another tab has taken it over; this one waits for it again
     */
    constructor(name, { onTaken, onLost }) {
        Object.assign(this, { name, onTaken, onLost });
        this.isGivenUp = false;
        this.released = new Promise((resolve) => (this.release = resolve));
        this.waiting = null;
    }

    /**
     * @param {object} [options]
     * @param {boolean} [options.steal] take it over from the tab that has it
     * @returns {Promise<void>} settles when it is clear whether this tab has it; if not, it waits on
     */
    take({ steal = false } = {}) {
        this.waiting?.abort();
        const waiting = new AbortController();
        this.waiting = waiting;
        return new Promise((resolve) => {
            const held = hold(this.name, { signal: waiting.signal, steal }, async () => {
                await this.onTaken();
                resolve();
                await this.released;
            });
            held.catch(() => this._lost(waiting)).finally(resolve);
            setTimeout(resolve, CLEAR);
        });
    }

    _lost(waiting) {
        if (!waiting.signal.aborted && !this.isGivenUp) {
            this.onLost();
            this.take();
        }
    }

    /** It is over, or the page goes: another tab may have it. */
    giveUp() {
        this.isGivenUp = true;
        this.waiting?.abort();
        this.release();
    }
}
