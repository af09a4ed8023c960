import { ApiError } from "../../../core/api";
import { Backoff } from "../../../core/backoff";
import { randomIdentifier } from "../../../core/identifier";

/** Ids are given before the commit: a message with a lower id may become readable after one with a higher id. */
const LATE_MARGIN = 100;

/**
 * The text messages of a consultation: those that Odoo keeps, and those of ours that are still on their way. What a
 * person wrote is never lost: it waits, visibly, and goes out in order when Odoo answers again, over a reload as well.
 */
export class MessageThread {
    /**
     * @param {object} options
     * @param {object} options.state reactive {messages, outgoing, locked, unread}
     * @param {import("../../../core/api").RoomApi} options.api
     * @param {string} options.participantId
     * @param {{get: Function, set: Function}} options.memory
     * @param {Backoff} [options.backoff]
     */
    constructor({ state, api, participantId, memory, backoff = new Backoff({ first: 1000, longest: 15000 }) }) {
        Object.assign(this, { state, api, participantId, memory, backoff });
        this.state.outgoing = (memory.get("outgoing") || []).map((message) => ({ ...message, status: "pending" }));
        this.sending = false;
        /** Up to here nothing is missing: one's own messages may be ahead of others' that were missed. */
        this.receivedId = 0;
    }

    static makeState() {
        return { messages: [], outgoing: [], locked: false, unread: 0 };
    }

    /** @param {{state: "open"|"locked", messages: object[]}} chat of Odoo's answer to `join` */
    load(chat) {
        this.state.locked = chat.state === "locked";
        this.receive(chat.messages);
        this.flush();
    }

    /** @param {object[]} messages from Odoo, without a gap after those received before */
    receive(messages) {
        for (const message of messages) {
            this.add(message);
            this.receivedId = Math.max(this.receivedId, message.id);
        }
    }

    /** @param {object} message one that Odoo keeps; seen twice, it shows once */
    add(message) {
        if (this.state.messages.some(({ id }) => id === message.id)) {
            return;
        }
        const key = message.author_key;
        const mine = key ? key === this.participantId : message.mine;
        const shown = { ...message, mine, body: message.body.trim() };
        this.state.messages = [...this.state.messages, shown].sort((a, b) => a.id - b.id);
        if (message.client_key) {
            this._removeOutgoing(message.client_key);
        }
    }

    /** Fetch what was missed, then send what waits. */
    async catchUp() {
        try {
            this.receive(await this.api.messagesAfter(Math.max(0, this.receivedId - LATE_MARGIN)));
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
        this.flush();
    }

    /** @param {string} body */
    send(body) {
        const message = { client_key: randomIdentifier(), body, date: new Date().toISOString(), mine: true };
        this.state.outgoing.push({ ...message, status: "pending", attempts: 0 });
        this._remember();
        this.flush();
    }

    /** @param {string} clientKey of a message that failed, or that waits for the next attempt */
    retry(clientKey) {
        const message = this.state.outgoing.find(({ client_key: key }) => key === clientKey);
        if (message) {
            message.status = "pending";
            this.backoff.reset();
            this.flush();
        }
    }

    discard(clientKey) {
        this._removeOutgoing(clientKey);
    }

    /** Send what waits, one after the other. */
    async flush() {
        clearTimeout(this.timer);
        if (this.sending) {
            return;
        }
        this.sending = true;
        try {
            let message;
            while ((message = this.state.outgoing.find(({ status }) => status === "pending"))) {
                if (!(await this._sendOne(message))) {
                    break;
                }
            }
        } finally {
            this.sending = false;
        }
    }

    async _sendOne(message) {
        try {
            const stored = await this.api.sendMessage(message.body, message.client_key);
            this.backoff.reset();
            this._removeOutgoing(message.client_key);
            this.add({ ...stored, mine: true });
            return true;
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            if (error.transient) {
                message.attempts = (message.attempts || 0) + 1;
                this.timer = setTimeout(() => this.flush(), this.backoff.next());
                return false;
            }
            message.status = "failed";
            message.problem = error.sentence;
            if (error.code === "chat_locked") {
                this.state.locked = true;
            }
            return true;
        }
    }

    _removeOutgoing(clientKey) {
        this.state.outgoing = this.state.outgoing.filter(({ client_key: key }) => key !== clientKey);
        this._remember();
    }

    _remember() {
        const outgoing = this.state.outgoing.map(({ client_key, body, date, mine }) => ({
            client_key,
            body,
            date,
            mine,
        }));
        this.memory.set("outgoing", outgoing.length ? outgoing : null);
    }

    close() {
        clearTimeout(this.timer);
    }
}
