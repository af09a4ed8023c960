import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatSize } from "../chat/uploader/sizes";
import { Icon } from "../core/icon/icon";
import { lazyParts } from "../core/lazy_parts";
import { mountWhenReady } from "./mount_page";

const SHOWN = ["video", "photo", "still", "audio"];
const TIME_CODE = /^#t=(\d+(?:\.\d+)?)$/;

/** One file by itself: where the links of a transcript lead. */
export class ClipPage extends Component {
    static template = "vet_teleconsult.ClipPage";
    static components = { Icon };
    static props = {
        /** As in `ChatApi.media`. */
        media: Object,
        /** s, where to open a clip; the address's `#t=` comes first. */
        start: { optional: true },
    };

    setup() {
        this.formatSize = formatSize;
        this.state = useState({ viewer: null, problem: "" });
        onWillStart(() => this.isShown && this.loadViewer());
    }

    get isShown() {
        return SHOWN.includes(this.props.media.kind);
    }

    get start() {
        const [, time] = location.hash.match(TIME_CODE) || [];
        const start = time === undefined ? this.props.start : Number(time);
        return start ?? undefined;
    }

    async loadViewer() {
        this.state.problem = "";
        try {
            this.viewer = await lazyParts.clipViewer();
            this.state.viewer = true;
        } catch (error) {
            console.warn(error);
            this.state.problem = _t("The viewer could not be loaded. Check your connection and try again.");
        }
    }
}

// Properties of the page: {media, lang, start?}.
mountWhenReady("vet_clip", ClipPage);
