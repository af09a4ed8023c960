import { ApiError } from "../../../core/json_api";

/** Rows shown at first, and more at a time. */
const PAGE = 40;
/** The most rows that Odoo gives at once. */
const LIMIT = 100;

/** The rows of a vet's inbox, as Odoo last gave them. */
export class InboxList {
    /**
     * @param {object} options
     * @param {object} options.state reactive, of `makeState`
     * @param {import("../../../chat/chat_api").ChatApi} options.api
     */
    constructor({ state, api }) {
        Object.assign(this, { state, api });
        this.request = 0;
    }

    static makeState() {
        return {
            filter: "mine",
            search: "",
            ended: false,
            /** "loading" | "ready" | "failed" */
            status: "loading",
            chats: [],
            counts: { mine: 0, unassigned: 0, all: 0 },
            more: false,
        };
    }

    /** Show other rows: from the beginning. */
    async show(values) {
        Object.assign(this.state, values, { status: "loading" });
        await this._load(PAGE);
    }

    /** Read again as many rows as are shown. */
    async refresh() {
        await this._load(Math.max(PAGE, this.state.chats.length));
    }

    async showMore() {
        await this._load(this.state.chats.length + PAGE);
    }

    async _load(count) {
        const request = ++this.request;
        try {
            const answer = await this._fetch(count);
            if (request === this.request) {
                // A later question's answer may have come first.
                Object.assign(this.state, answer, { status: "ready" });
            }
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            if (request === this.request && this.state.status === "loading") {
                this.state.status = "failed";
            }
        }
    }

    async _fetch(count) {
        const { filter, search, ended } = this.state;
        const chats = [];
        let answer;
        do {
            const limit = Math.min(LIMIT, count - chats.length);
            answer = await this.api.inbox({ filter, search: search.trim(), ended, limit, offset: chats.length });
            chats.push(...answer.chats);
        } while (answer.more && chats.length < count);
        return { chats, counts: answer.counts, more: answer.more };
    }
}
