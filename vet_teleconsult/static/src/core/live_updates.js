import { Backoff } from "./backoff";
import { Emitter } from "./emitter";

/** Odoo asks a page with an outdated protocol version not to return by this clean close. */
const CLEAN_CLOSE = 1000;
const OUTDATED_VERSION = "OUTDATED_VERSION";
/** A dead connection shows only when something is sent; Odoo accepts one zero byte for that. */
const CONNECTION_CHECK_DELAY = 30000;
/** Ids are given before the commit, so a slow transaction's notification comes after younger ones. */
const LATE_MARGIN = 100;
/** More than the margin can hold, so that what is replayed is always recognised. */
const SEEN_LIMIT = 200;

/**
 * Notifications of Odoo's bus on one channel, over its WebSocket, for a page without the web client.
 *
 * Emits `notification` {type, payload} and `status` ("open" | "closed"). After a reconnection the server
 * replays what was missed since the last notification seen.
 *
 * Protocol: `bus/websocket.py` (`subscribe` with channels and the last notification id; frames from the
 * server are lists of {id, message: {type, payload}}).
 */
export class LiveUpdates extends Emitter {
    /**
     * @param {object} options
     * @param {string} options.path path with the protocol's version, such as `/websocket?version=19.0-2`
     * @param {string} options.channel
     * @param {number} options.last id of the last notification known
     * @param {string} [options.origin]
     */
    constructor({ path, channel, last = 0, origin = location.origin }) {
        super();
        this.url = new URL(path, origin).href.replace(/^http/, "ws");
        this.channel = channel;
        this.first = last;
        this.last = last;
        /** @type {Set<number>} ids of the last notifications seen, oldest first */
        this.seen = new Set();
        this.backoff = new Backoff({ first: 1000, longest: 15000 });
        this.socket = null;
        this.stopped = true;
        this._onNetworkBack = () => this._reconnectNow();
    }

    start() {
        this.stopped = false;
        window.addEventListener("online", this._onNetworkBack);
        this._open();
    }

    stop() {
        this.stopped = true;
        window.removeEventListener("online", this._onNetworkBack);
        clearTimeout(this.retryTimer);
        clearInterval(this.checkTimer);
        this.socket?.close(CLEAN_CLOSE);
        this.socket = null;
    }

    _open() {
        clearTimeout(this.retryTimer);
        const socket = new WebSocket(this.url);
        this.socket = socket;
        socket.onopen = () => {
            this.backoff.reset();
            const last = Math.max(this.first, this.last - LATE_MARGIN);
            socket.send(JSON.stringify({ event_name: "subscribe", data: { channels: [this.channel], last } }));
            clearInterval(this.checkTimer);
            this.checkTimer = setInterval(() => {
                if (socket.readyState === WebSocket.OPEN) {
                    socket.send(new Uint8Array([0]));
                }
            }, CONNECTION_CHECK_DELAY);
            this.emit("status", "open");
        };
        socket.onmessage = (event) => this._receive(event.data);
        socket.onclose = (event) => {
            if (socket !== this.socket) {
                return;
            }
            clearInterval(this.checkTimer);
            this.emit("status", "closed");
            if (!this.stopped && event.reason !== OUTDATED_VERSION) {
                this.retryTimer = setTimeout(() => this._open(), this.backoff.next());
            }
        };
    }

    _reconnectNow() {
        if (!this.stopped && this.socket?.readyState !== WebSocket.OPEN) {
            this.socket?.close();
            this._open();
        }
    }

    _receive(data) {
        let notifications;
        try {
            notifications = JSON.parse(data);
        } catch {
            return;
        }
        for (const { id, message } of notifications) {
            if (this.seen.has(id)) {
                continue;
            }
            this._remember(id);
            this.emit("notification", message);
        }
    }

    _remember(id) {
        this.last = Math.max(this.last, id);
        this.seen.add(id);
        if (this.seen.size > SEEN_LIMIT) {
            this.seen.delete(this.seen.values().next().value);
        }
    }
}
