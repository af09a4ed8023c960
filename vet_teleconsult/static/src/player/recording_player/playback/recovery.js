import { _t } from "@web/core/l10n/translation";
import { diagnose } from "./media_problem";
import { buildTimeline } from "./timeline";

/** Waits before the attempts to load a file again, ms. */
const BACK_OFF = [0, 1000, 3000];
/** Without a byte for so long a connection counts as dead, ms. */
const STALL = 15000;
/** Addresses so young need no replacing, ms. */
const FRESH = 900;

/** Gets a file that stopped loading going again, with a fresh address: addresses live an hour, a page for a day. */
export class Recovery {
    /**
     * @param {import("./playback").Playback} playback
     * @param {() => Promise<Object>} [reload]
     */
    constructor(playback, reload) {
        this.playback = playback;
        this.reload = reload;
        this.pending = null;
        this.fetchedAt = -Infinity;
        this.stalls = new WeakMap();
        this.destroyed = false;
    }

    destroy() {
        this.destroyed = true;
    }

    /** @param {import("./segment_element").SegmentElement} item */
    async recover(item) {
        if (item.recovering || item.problem || this.destroyed) {
            return;
        }
        item.recovering = true;
        const mediaError = item.element.error;
        if (item.attempts >= BACK_OFF.length || !this.reload) {
            const problem = await diagnose(item.segment.url, mediaError);
            this.giveUp(item, problem);
            return;
        }
        const delay = BACK_OFF[item.attempts++];
        await this.untilOnline();
        await new Promise((resolve) => setTimeout(resolve, delay));
        try {
            await this.freshAddresses();
        } catch (error) {
            this.giveUp(item, {
                code: error.code || "unreachable",
                message:
                    [error.sentence, error.nextStep].filter(Boolean).join(" ") ||
                    _t("The clinic's server cannot be reached. Check your connection, then try again."),
            });
            return;
        }
        item.recovering = false;
        if (!this.destroyed && this.playback.items.get(item.segment.id) === item) {
            item.load(item.segment.url);
        }
    }

    giveUp(item, problem) {
        item.recovering = false;
        if (this.destroyed) {
            return;
        }
        item.problem = problem;
        item.pause();
        this.playback.changed();
    }

    untilOnline() {
        if (navigator.onLine !== false) {
            return Promise.resolve();
        }
        return new Promise((resolve) => window.addEventListener("online", resolve, { once: true }));
    }

    /** One request for all files that ask at about the same time. */
    freshAddresses() {
        if (performance.now() - this.fetchedAt < FRESH) {
            return Promise.resolve();
        }
        this.pending ??= this.fetchAddresses().finally(() => {
            this.pending = null;
        });
        return this.pending;
    }

    async fetchAddresses() {
        const player = await this.reload();
        this.fetchedAt = performance.now();
        const fresh = buildTimeline(player);
        this.playback.downloadUrl = player.download_url;
        const byId = new Map(fresh.segments.map((segment) => [segment.id, segment]));
        for (const segment of this.playback.timeline.segments) {
            const found = byId.get(segment.id);
            if (found) {
                segment.url = found.url;
                segment.downloadUrl = found.downloadUrl;
            }
        }
        this.playback.dispatchEvent(new Event("change"));
    }

    /**
     * Notice connections that hang without an error.
     *
     * @param {import("./segment_element").SegmentElement[]} items that are to play
     */
    watchStalls(items) {
        const now = performance.now();
        for (const item of items) {
            const { buffered, readyState } = item.element;
            const state = `${readyState}:${buffered.length ? buffered.end(buffered.length - 1) : 0}`;
            const known = this.stalls.get(item);
            if (readyState >= 3 || !known || known.state !== state) {
                this.stalls.set(item, { state, since: now });
            } else if (now - known.since > STALL) {
                this.stalls.delete(item);
                this.recover(item);
            }
        }
    }
}
