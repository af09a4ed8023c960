import { ApiError } from "../../core/json_api";

/** Messages that come in a bunch are read at once, ms. */
const BUNCH = 400;

/** Up to where each participant has read. */
export class Reads {
    /**
     * @param {object} options
     * @param {object} options.state reactive {reads: [{participant, role, name, message_id, at}]}
     * @param {import("../chat_api").ChatApi} options.api
     * @param {{id: string, role: string, name: string}} options.self
     */
    constructor({ state, api, self }) {
        Object.assign(this, { state, api, self });
    }

    /** @returns {number} up to where this participant has read; 0 for nothing */
    get ownId() {
        return this.state.reads.find(({ participant }) => participant === this.self.id)?.message_id || 0;
    }

    /** @returns {object|null} who of the other side has read furthest */
    get furthest() {
        return this.state.reads
            .filter(({ role, message_id: id }) => role !== this.self.role && id)
            .reduce((best, read) => (!best || read.message_id > best.message_id ? read : best), null);
    }

    /** @param {object} read news of a participant; never takes anything back */
    receive({ participant, role, name, message_id, at }) {
        const known = this.state.reads.find((read) => read.participant === participant);
        if (known && (known.message_id || 0) >= message_id) {
            return;
        }
        const others = this.state.reads.filter((read) => read !== known);
        this.state.reads = [...others, { participant, role, name, message_id, at }];
    }

    /** @param {number} messageId this participant has read everything up to it */
    mark(messageId) {
        if (messageId <= this.ownId) {
            return;
        }
        const { id: participant, role, name } = this.self;
        this.receive({ participant, role, name, message_id: messageId, at: new Date().toISOString() });
        this.timer ??= setTimeout(() => this._tell(), BUNCH);
    }

    async _tell() {
        this.timer = null;
        try {
            await this.api.read(this.ownId);
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            // The next message that is read says it for this one, too.
        }
    }

    close() {
        if (this.timer) {
            clearTimeout(this.timer);
            this._tell();
        }
    }
}
