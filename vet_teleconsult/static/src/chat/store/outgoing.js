import { ApiError } from "../../core/json_api";
import { Backoff } from "../../core/backoff";
import { randomIdentifier } from "../../core/identifier";

/**
 * The messages that are still on their way. What a person wrote is never lost: it waits, visibly, and goes out in order
 * when Odoo answers again, over a reload as well.
 */
export class Outgoing {
    /**
     * @param {object} options
     * @param {object} options.state reactive {outgoing}
     * @param {import("../chat_api").ChatApi} options.api
     * @param {{get: Function, set: Function}} options.memory
     * @param {(message: object) => void} options.onSent told of the message that Odoo made of ours
     * @param {(error: ApiError) => void} options.onRefused
     * @param {Backoff} [options.backoff]
     */
    constructor({ state, api, memory, onSent, onRefused, backoff = new Backoff({ first: 1000, longest: 15000 }) }) {
        Object.assign(this, { state, api, memory, onSent, onRefused, backoff });
        this.state.outgoing = this._stored.map((message) => ({ ...message, status: "pending" }));
        /** Keys of all messages that this page has had on their way: what else is stored belongs to another page. */
        this.own = new Set(this.state.outgoing.map(({ client_key: key }) => key));
        this.sending = false;
    }

    /** @param {string} body */
    send(body) {
        const message = { client_key: randomIdentifier(), body, date: new Date().toISOString() };
        this.state.outgoing.push({ ...message, status: "pending", attempts: 0, problem: "" });
        this.own.add(message.client_key);
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

    /** @param {string} clientKey of a message that Odoo has, or that is not wanted any more */
    remove(clientKey) {
        if (this.state.outgoing.some(({ client_key: key }) => key === clientKey)) {
            this.state.outgoing = this.state.outgoing.filter(({ client_key: key }) => key !== clientKey);
            this._remember();
        }
    }

    /** Send what waits, one after the other. */
    async flush() {
        clearTimeout(this.timer);
        if (this.sending || this.closed) {
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
            this.remove(message.client_key);
            this.onSent(stored);
            return true;
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            if (error.transient) {
                message.attempts = (message.attempts || 0) + 1;
                if (!this.closed) {
                    this.timer = setTimeout(() => this.flush(), this.backoff.next());
                }
                return false;
            }
            message.status = "failed";
            message.problem = error.sentence;
            this.onRefused(error);
            return true;
        }
    }

    get _stored() {
        return this.memory.get("outgoing") || [];
    }

    _remember() {
        const outgoing = [
            ...this._stored.filter(({ client_key: key }) => !this.own.has(key)),
            ...this.state.outgoing.map(({ client_key, body, date }) => ({ client_key, body, date })),
        ];
        this.memory.set("outgoing", outgoing.length ? outgoing : null);
    }

    close() {
        this.closed = true;
        clearTimeout(this.timer);
    }
}
