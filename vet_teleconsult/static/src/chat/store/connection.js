/** Short losses of the live connection are nobody's concern, ms. */
const PATIENCE = 6000;
/** How often to ask while nobody tells, ms. */
const POLL = 10000;

/** Whether news of the chat come by themselves; while they do not, they are to be asked for. */
export class Connection {
    /**
     * @param {object} options
     * @param {object} options.state reactive {liveDown}
     * @param {(notification: {type: string, payload: object}) => void} options.onNotification
     * @param {() => void} options.onMissed something may have been missed: ask
     */
    constructor({ state, onNotification, onMissed }) {
        Object.assign(this, { state, onNotification, onMissed });
        this.unfollow = [];
        this.wasDown = false;
        window.addEventListener("online", this.onMissed);
    }

    /** @param {import("../../core/emitter").Emitter} live emits `notification` {type, payload} and `status` */
    follow(live) {
        this.unfollow.push(
            live.on("notification", (notification) => this.onNotification(notification)),
            live.on("status", (status) => (status === "open" ? this._back() : this._lost()))
        );
    }

    _back() {
        this._wait();
        this.state.liveDown = false;
        if (this.wasDown) {
            this.wasDown = false;
            this.onMissed();
        }
    }

    _lost() {
        this._wait();
        this.wasDown = true;
        this.patienceTimer = setTimeout(() => (this.state.liveDown = true), PATIENCE);
        // Odoo may answer requests although its WebSocket is away (a proxy that does not pass it on).
        this.pollTimer = setInterval(() => this.onMissed(), POLL);
    }

    _wait() {
        clearTimeout(this.patienceTimer);
        clearInterval(this.pollTimer);
    }

    close() {
        this._wait();
        window.removeEventListener("online", this.onMissed);
        this.unfollow.forEach((stop) => stop());
    }
}
