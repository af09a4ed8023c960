import { ApiError } from "../../core/api";

/** Everyone who waits hears at once that something has moved: they ask spread over this time, ms. */
const SPREAD = 1500;

/** How things stand until the vet comes, asked anew whenever something has moved at the clinic. */
export class WaitingRoom {
    /**
     * @param {object} options
     * @param {import("../../core/api").RoomApi} options.api
     * @param {(status: object) => void} options.show told every answer, with `at`: when it was received (ms)
     * @param {() => number} [options.random] between 0 and 1
     */
    constructor({ api, show, random = Math.random }) {
        Object.assign(this, { api, show, random });
        this.timer = null;
        this.stopped = false;
    }

    /** @param {object} status that the page has already */
    start(status) {
        this.show({ ...status, at: Date.now() });
    }

    /** Something has moved; changes come in bunches, one question does for all of them. */
    hint() {
        this.timer ??= setTimeout(() => this.refresh(), this.random() * SPREAD);
    }

    async refresh() {
        clearTimeout(this.timer);
        this.timer = null;
        try {
            const status = await this.api.waiting();
            if (!this.stopped) {
                this.start(status);
            }
        } catch (error) {
            // What the page shows stays; the next change or the next look brings the news.
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }

    stop() {
        this.stopped = true;
        clearTimeout(this.timer);
    }
}
