import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { formatDuration } from "../../core/times";
import { kindLabel } from "../sentences";
import { formatSize } from "../uploader/sizes";
import { formatTimeCode } from "./message_parts";

/** A picture is shown this wide at most, and no taller than this (px): the layout knows the place it takes before it is there. */
const WIDTH = 300;
const HEIGHT = 340;
const STILL_TO_COME = { width: 16, height: 10 };
const VISUAL = ["video", "photo", "still"];

/** One file in the thread: what it is, how far it is, and what can be done with it. */
export class MediaCard extends Component {
    static template = "vet_teleconsult.MediaCard";
    static components = { Icon };
    static props = {
        media: Object,
        /** What its message says: a caption that says the same is not shown again. */
        said: { type: String, optional: true },
        /** {openMedia, retryMedia, refreshMedia, openPlace} */
        actions: Object,
    };

    setup() {
        this.formatSize = formatSize;
        this.state = useState({ retrying: false, broken: null });
    }

    get media() {
        return this.props.media;
    }

    get visual() {
        return VISUAL.includes(this.media.kind);
    }

    get label() {
        return kindLabel(this.media.kind) || this.media.name;
    }

    /** Whether there is something to look at, although a better version of it may still be in the making. */
    get open() {
        return this.media.state === "ready" && Boolean(this.media.url || this.media.original_url);
    }

    get picture() {
        const { kind, poster_url: poster, url } = this.media;
        const address = poster || (kind === "video" ? null : url);
        return address && address !== this.state.broken ? address : null;
    }

    /** @returns {string} CSS of the place that the picture takes */
    get place() {
        const { width, height } = this.media.width && this.media.height ? this.media : STILL_TO_COME;
        const ratio = Math.min(2.2, Math.max(0.56, width / height));
        const shown = Math.min(WIDTH, HEIGHT * ratio);
        return `width: ${Math.round(shown)}px; aspect-ratio: ${ratio.toFixed(4)}`;
    }

    get caption() {
        return this.media.caption === this.props.said ? "" : this.media.caption;
    }

    get duration() {
        return this.media.duration ? formatDuration(Math.round(this.media.duration)) : "";
    }

    get openLabel() {
        const name = this.media.caption || this.media.name;
        const label = this.media.kind === "video" ? _t("Play: %s", name) : _t("Open: %s", name);
        // Who speaks to their device says what they see (WCAG 2.2, 2.5.3): the duration stands on the picture.
        return [label, this.duration].filter(Boolean).join(", ");
    }

    get timeCode() {
        return this.media.time_code === null || this.media.time_code === undefined
            ? ""
            : formatTimeCode(this.media.time_code);
    }

    /** @returns {{text: string, percent: number|null}|null} what is being done with the file */
    get work() {
        const { state, rendition } = this.media;
        if (state === "uploading") {
            return { text: _t("Uploading…"), percent: null };
        }
        if (state === "processing") {
            return { text: _t("Being checked and prepared…"), percent: null };
        }
        if (state === "ready" && ["pending", "working"].includes(rendition?.state)) {
            const percent = rendition.progress || 0;
            return { text: _t("Being made playable everywhere… %s %", percent), percent };
        }
        return null;
    }

    get problem() {
        const { state, problem, rendition } = this.media;
        if (state === "failed") {
            return problem || _t("The file could not be used.");
        }
        if (rendition?.state === "failed") {
            return problem || _t("A version that plays in every browser could not be made.");
        }
        return "";
    }

    /** An address may have run out while the page stood open: ask for a fresh one, once. */
    async onPictureFailed() {
        const failed = this.picture;
        this.state.broken = failed;
        if (failed && this.refreshed !== failed) {
            this.refreshed = failed;
            await this.props.actions.refreshMedia(this.media.id);
        }
    }

    async retry() {
        this.state.retrying = true;
        try {
            await this.props.actions.retryMedia(this.media.id);
        } finally {
            this.state.retrying = false;
        }
    }
}
