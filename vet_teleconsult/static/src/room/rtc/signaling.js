import { Backoff } from "../../core/backoff";
import { Emitter } from "../../core/emitter";

const PROTOCOL_VERSION = 1;
const PING_INTERVAL = 5000;
const PONG_PATIENCE = 10000;
const OPEN_PATIENCE = 10000;
const CHECK_PATIENCE = 3000;

/** Close codes of the sidecar that have a meaning of their own. */
export const CLOSE_CODES = { badMessage: 4400, ticketRefused: 4401, origin: 4403, replaced: 4409, roomEnded: 4410 };

/**
 * @param {string} sidecarUrl address of the sidecar as browsers see it; relative to the page's origin if it has none
 * @returns {string} address of its signalling WebSocket
 */
export function socketUrl(sidecarUrl) {
    const base = new URL(sidecarUrl, globalThis.location?.href);
    return `${base.href.replace(/^http/, "ws").replace(/\/$/, "")}/rooms/socket`;
}

/**
 * The room's signalling connection to the sidecar: JSON frames over a WebSocket that comes back by itself.
 *
 * Emits every frame of the server under its `type` (`welcome`, `participant-joined`, `signal`, `recording`, ...), and
 * - `status` "connecting" | "open" | "waiting" (for the next attempt) | "closed" (for good),
 * - `refused` {code, error} when the room cannot be entered: `origin`, or the error of `getTicket`.
 *
 * Nothing is queued while the connection is away: after each `welcome` the callers tell their state anew.
 */
export class Signaling extends Emitter {
    /**
     * @param {object} options
     * @param {string} options.url of the WebSocket, see `socketUrl`
     * @param {() => Promise<string>} options.getTicket a room ticket that is still valid
     * @param {typeof WebSocket} [options.WebSocket]
     * @param {Backoff} [options.backoff]
     */
    constructor({ url, getTicket, WebSocket = globalThis.WebSocket, backoff = new Backoff() }) {
        super();
        this.url = url;
        this.getTicket = getTicket;
        this.WebSocket = WebSocket;
        this.backoff = backoff;
        this.socket = null;
        this.resume = null;
        this.stopped = true;
        this.status = "closed";
        this._onNetworkBack = () => this._reconnect();
    }

    get open() {
        return this.status === "open";
    }

    start() {
        this.stopped = false;
        globalThis.addEventListener?.("online", this._onNetworkBack);
        this._connect();
    }

    /**
     * Close for good.
     *
     * @param {object} [options]
     * @param {boolean} [options.leave] hang up: the room knows at once that nobody is coming back
     */
    stop({ leave = false } = {}) {
        if (leave) {
            this.send("leave");
        }
        this.stopped = true;
        this.resume = null;
        globalThis.removeEventListener?.("online", this._onNetworkBack);
        this._drop();
        this._setStatus("closed");
    }

    /** Enter anew with a fresh ticket, as a reloaded page would: everyone makes new peer connections. */
    renewSession() {
        this.resume = null;
        this._reconnect();
    }

    /**
     * Find out soon whether the connection still lives, when something else says that the network has changed: a dead
     * socket would take much longer to be noticed.
     */
    check() {
        const asked = Date.now();
        if (this.send("ping")) {
            clearTimeout(this.checkTimer);
            this.checkTimer = setTimeout(() => this.lastHeard < asked && this._reconnect(), CHECK_PATIENCE);
        }
    }

    /**
     * @param {string} type
     * @param {object} [payload]
     * @returns {boolean} whether the frame went out
     */
    send(type, payload = {}) {
        if (this.socket?.readyState !== 1 || (!this.open && type !== "hello")) {
            return false;
        }
        this.socket.send(JSON.stringify({ type, ...payload }));
        return true;
    }

    async _connect() {
        if (this.stopped) {
            return;
        }
        this._drop();
        this._setStatus("connecting");
        const attempt = (this.attempt = Symbol("attempt"));
        const hello = { v: PROTOCOL_VERSION };
        try {
            if (this.resume) {
                hello.resume = this.resume;
            } else {
                hello.ticket = await this.getTicket();
            }
        } catch (error) {
            if (attempt !== this.attempt || this.stopped) {
                return;
            }
            if (error.transient) {
                this._retry();
            } else {
                this._refuse(error.code || "refused", error);
            }
            return;
        }
        if (attempt === this.attempt && !this.stopped) {
            this._openSocket(hello);
        }
    }

    _openSocket(hello) {
        const socket = new this.WebSocket(this.url);
        this.socket = socket;
        const current = () => socket === this.socket;
        this.openTimer = setTimeout(() => current() && this._reconnect(), OPEN_PATIENCE);
        socket.onopen = () => current() && this.send("hello", hello);
        socket.onmessage = (event) => current() && this._receive(event.data);
        socket.onclose = (event) => current() && this._onClose(event.code);
    }

    _receive(data) {
        let frame;
        try {
            frame = JSON.parse(data);
        } catch {
            return;
        }
        this.lastHeard = Date.now();
        if (frame.resume) {
            this.resume = frame.resume;
        }
        if (frame.type === "welcome") {
            clearTimeout(this.openTimer);
            this.backoff.reset();
            this._startPings();
            this._setStatus("open");
        }
        if (frame.type === "ended") {
            this.stopped = true;
        }
        this.emit(frame.type, frame);
    }

    _startPings() {
        clearInterval(this.pingTimer);
        this.pingTimer = setInterval(() => {
            if (Date.now() - this.lastHeard > PING_INTERVAL + PONG_PATIENCE) {
                this._reconnect();
            } else {
                this.send("ping");
            }
        }, PING_INTERVAL);
    }

    _onClose(code) {
        this._drop();
        if (code === CLOSE_CODES.replaced || code === CLOSE_CODES.roomEnded) {
            const wasEnded = this.stopped;
            this.stopped = true;
            this._setStatus("closed");
            if (!wasEnded) {
                this.emit("ended", { reason: code === CLOSE_CODES.replaced ? "replaced" : "finished" });
            }
        } else if (code === CLOSE_CODES.origin) {
            this._refuse("origin");
        } else if (!this.stopped) {
            if (code === CLOSE_CODES.ticketRefused || code === CLOSE_CODES.badMessage) {
                // A resume token ages, too: enter with a fresh ticket.
                this.resume = null;
                this.emit("ticket-refused");
            }
            this._retry();
        } else {
            this._setStatus("closed");
        }
    }

    _refuse(code, error = null) {
        this.stopped = true;
        this._drop();
        this._setStatus("closed");
        this.emit("refused", { code, error });
    }

    _retry() {
        this._setStatus("waiting");
        clearTimeout(this.retryTimer);
        this.retryTimer = setTimeout(() => this._connect(), this.backoff.next());
    }

    _reconnect() {
        if (!this.stopped) {
            this._connect();
        }
    }

    _drop() {
        clearTimeout(this.checkTimer);
        clearTimeout(this.openTimer);
        clearTimeout(this.retryTimer);
        clearInterval(this.pingTimer);
        const socket = this.socket;
        this.socket = null;
        if (socket && socket.readyState <= 1) {
            socket.close();
        }
    }

    _setStatus(status) {
        if (status !== this.status) {
            this.status = status;
            this.emit("status", status);
        }
    }
}
