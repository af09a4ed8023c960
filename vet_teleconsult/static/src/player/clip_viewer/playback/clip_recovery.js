import { _t } from "@web/core/l10n/translation";
import { diagnose } from "../../recording_player/playback/media_problem";

/** Waits before the attempts to load a file again, ms. */
const BACK_OFF = [0, 1000, 3000];
/** Without a byte for so long a connection counts as dead, ms. */
const STALL = 15000;
/** While the file is converted for playing, Odoo is asked this often, ms. */
const ASK_AGAIN = 5000;

/** Where a media's bytes come from, by preference, for an element that reads pixels. */
export function sourceOf(media) {
    return media.stream_url || media.url || media.original_url || null;
}

/** Whether a file that this browser may play is still being made. */
export function isBeingConverted(media) {
    return ["pending", "working"].includes(media.rendition?.state);
}

/**
 * Gets a clip going again that stopped loading, with a fresh address and at the same place: addresses live an hour, a
 * page for a day.
 */
export class ClipRecovery {
    /**
     * @param {import("./clip_playback").ClipPlayback} playback
     * @param {(() => Promise<object>)|null} refresh
     */
    constructor(playback, refresh) {
        this.playback = playback;
        this.refresh = refresh;
        this.attempts = 0;
        this.recovering = false;
        /** Without it pixels cannot be read; with it, a server that does not allow that refuses the file. */
        this.crossOrigin = true;
        this.stallTimer = null;
        this.askTimer = null;
        this.stopped = false;
    }

    stop() {
        this.stopped = true;
        clearTimeout(this.stallTimer);
        clearTimeout(this.askTimer);
        this.wake?.();
    }

    load(element) {
        this.stopped = false;
        clearTimeout(this.askTimer);
        if (this.crossOrigin) {
            element.crossOrigin = "anonymous";
        } else {
            element.removeAttribute("crossorigin");
        }
        const source = sourceOf(this.playback.media);
        if (source) {
            element.src = source;
            element.load?.();
        } else {
            this.giveUp({ code: "missing", message: _t("This file has no address. Try again in a minute.") });
        }
    }

    onLoaded() {
        this.attempts = 0;
    }

    /** Once more from the beginning, because a person asks for it. */
    retry() {
        this.attempts = 0;
        this.recovering = false;
        this.playback.problem = null;
        return this.recover({ force: true });
    }

    /** The element failed. */
    async recover({ force = false } = {}) {
        if (this.recovering || this.stopped || (this.playback.problem && !force)) {
            return;
        }
        const { element, media } = this.playback;
        this.recovering = true;
        this.playback.loaded = false;
        this.playback.seeker?.forget();
        this.playback.changed();
        const problem = await diagnose(sourceOf(media), element.error);
        if (this.stopped) {
            return;
        }
        if (problem.code === "unsupported" && !force) {
            this.giveUp(problem);
            this.awaitRendition();
        } else if (problem.code === "unreachable" && navigator.onLine !== false && this.attempts && this.crossOrigin) {
            this.crossOrigin = false;
            this.reload();
        } else if (!this.refresh || this.attempts >= BACK_OFF.length) {
            this.giveUp(problem);
        } else {
            await this.pauseBetween(BACK_OFF[this.attempts++]);
            await this.withFreshAddress();
        }
    }

    async pauseBetween(milliseconds) {
        await new Promise((resolve) => {
            this.wake = resolve;
            if (navigator.onLine === false) {
                window.addEventListener("online", resolve, { once: true });
            } else {
                setTimeout(resolve, milliseconds);
            }
        });
        this.wake = null;
    }

    async withFreshAddress() {
        if (this.stopped) {
            return;
        }
        try {
            Object.assign(this.playback.media, await this.refresh());
        } catch (error) {
            this.giveUp({
                code: error.code || "unreachable",
                message:
                    [error.sentence, error.nextStep].filter(Boolean).join(" ") ||
                    _t("The clinic's server cannot be reached. Check your connection, then try again."),
            });
            return;
        }
        this.reload();
    }

    reload() {
        this.recovering = false;
        if (!this.stopped) {
            this.playback.load();
        }
    }

    giveUp(problem) {
        this.recovering = false;
        if (!this.stopped) {
            this.playback.problem = problem;
            this.playback.changed();
        }
    }

    /** A file that the browser cannot play, while one that it can is being made. */
    awaitRendition() {
        clearTimeout(this.askTimer);
        if (!this.refresh || !isBeingConverted(this.playback.media) || this.stopped) {
            return;
        }
        this.askTimer = setTimeout(async () => {
            try {
                this.update(await this.refresh());
            } catch {
                // Asked again below.
            }
            this.awaitRendition();
        }, ASK_AGAIN);
    }

    /** @param {object} media newer than the playback's: from Odoo's answer or from the bus */
    update(media) {
        const { playback } = this;
        const before = sourceOf(playback.media);
        const wasBeingConverted = isBeingConverted(playback.media);
        Object.assign(playback.media, media);
        const hopeless = playback.problem?.code === "unsupported";
        if (hopeless && (sourceOf(media) !== before || (wasBeingConverted && !isBeingConverted(media)))) {
            playback.load();
        } else {
            playback.changed();
        }
    }

    /** Notice a connection that hangs without an error. */
    watch(waiting) {
        clearTimeout(this.stallTimer);
        if (!waiting || this.stopped) {
            return;
        }
        const state = () => {
            const { readyState, buffered } = this.playback.element;
            return `${readyState}:${buffered.length ? buffered.end(buffered.length - 1) : 0}`;
        };
        const before = state();
        this.stallTimer = setTimeout(() => {
            if (this.stopped || !this.playback.waiting) {
                return;
            }
            if (state() === before) {
                this.recover();
            } else {
                this.watch(true);
            }
        }, STALL);
    }
}
