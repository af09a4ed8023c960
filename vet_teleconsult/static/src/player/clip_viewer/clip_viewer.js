import { _t } from "@web/core/l10n/translation";
import { Component, markRaw, onMounted, onWillUnmount, onWillUpdateProps, reactive, useRef, useState } from "@odoo/owl";
import { useFullScreen } from "../recording_player/full_screen";
import { linkAt } from "./clip_link";
import { commandsFor } from "./commands";
import { ComparePicker } from "./compare/compare_picker";
import { Comparison, isComparable } from "./compare/comparison";
import { OffsetBar } from "./compare/offset_bar";
import { useFocusTrap } from "./focus_trap";
import { ClipHelp } from "./help/clip_help";
import { ClipIcon } from "./icon/clip_icon";
import { commandOf, REPEATABLE } from "./keys";
import { isBeingConverted } from "./playback/clip_recovery";
import { ClipPlayback } from "./playback/clip_playback";
import { RatePanel } from "./rate/rate_panel";
import { capture, CaptureError } from "./still/capture";
import { StillEditor } from "./still/still_editor";
import { formatClock } from "./transport/clock";
import { TransportBar } from "./transport/transport_bar";
import { useChanges } from "./use_changes";
import { ClipStage } from "./view/clip_stage";
import { PhotoSource } from "./view/photo_source";
import { ZoomButtons } from "./view/zoom_buttons";
import { ZoomPan } from "./view/zoom_pan";

/** What is said of a step is said when steps have come to rest, ms. */
const REST = 600;

/**
 * Shows a clip, photo or sound to a vet or an owner: frame by frame, magnified, slowed down, beside another. Needs nothing
 * of the web client but Owl and the translations, so that it can stand on any page. With `onClose` it covers the window as
 * a dialog, else it fills what it stands in.
 */
export class ClipViewer extends Component {
    static template = "vet_teleconsult.ClipViewer";
    static components = {
        ClipHelp,
        ClipIcon,
        ClipStage,
        ComparePicker,
        OffsetBar,
        RatePanel,
        StillEditor,
        TransportBar,
        ZoomButtons,
    };
    static props = {
        /** As Odoo describes it. Another one needs another `t-key`. */
        media: Object,
        /** Clips and photos to compare with. */
        others: { type: Array, optional: true },
        /** s, where to open; paused. */
        start: { type: [Number, { value: null }], optional: true },
        role: { type: String, optional: true },
        onClose: { type: [Function, { value: null }], optional: true },
        /** `async (blob, {timeCode, annotated, caption, post})`; none where stills cannot be kept. */
        saveStill: { type: [Function, { value: null }], optional: true },
        /** `async ({kind, value, unit, method, count, start, end})`; none where rates cannot be kept. */
        saveObservation: { type: [Function, { value: null }], optional: true },
        /** `async (id) => media`, asks for a media again, with fresh addresses: they expire. */
        refresh: { type: [Function, { value: null }], optional: true },
    };

    setup() {
        this.root = useRef("root");
        const { media, refresh, start } = this.props;
        const options = { refresh: refresh && (() => refresh(media.id)), start };
        this.playback = ["video", "audio"].includes(media.kind) ? new ClipPlayback(media, options) : null;
        this.photo = ["photo", "still"].includes(media.kind) ? new PhotoSource(media, options) : null;
        this.view = useState(reactive(new ZoomPan()));
        this.secondView = useState(reactive(new ZoomPan()));
        this.comparison = null;
        this.state = useState({
            panel: null,
            still: null,
            compared: 0,
            linkedZoom: true,
            help: false,
            problem: "",
            said: "",
            copied: "",
        });
        this.tap = null;
        this.fullScreen = useFullScreen(this.root);
        this.changes = useChanges(() => [this.source]);
        useFocusTrap(this.root, () => Boolean(this.props.onClose));
        onWillUpdateProps(({ media: newer }) => this.source?.recovery.update(newer));
        this.freezeWhenHidden();
        onWillUnmount(() => {
            clearTimeout(this.saying);
            clearTimeout(this.forgetting);
            this.comparison?.destroy();
        });
    }

    freezeWhenHidden() {
        const onHide = () => document.hidden && this.transport?.wanted && this.transport.pause();
        onMounted(() => document.addEventListener("visibilitychange", onHide));
        onWillUnmount(() => document.removeEventListener("visibilitychange", onHide));
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get source() {
        return this.playback || this.photo;
    }

    get transport() {
        return this.comparison ? this.comparison.transport : this.playback;
    }

    get media() {
        return this.source?.media || this.props.media;
    }

    get hasPicture() {
        return Boolean(this.photo) || this.props.media.kind === "video";
    }

    get label() {
        const { caption, name } = this.props.media;
        return caption || name || _t("Clip");
    }

    get others() {
        return (this.props.others || []).filter((other) => other.id !== this.props.media.id && isComparable(other));
    }

    get mode() {
        if (this.state.still) {
            return "still";
        }
        return this.comparison ? "compare" : "view";
    }

    get conversion() {
        const { rendition } = this.media;
        if (!isBeingConverted(this.media) || this.source?.problem?.code !== "unsupported") {
            return "";
        }
        return rendition.progress
            ? _t("Your browser cannot play this file as it is. It is being converted: %s %%.", rendition.progress)
            : _t("Your browser cannot play this file as it is. It will be converted shortly.");
    }

    get problem() {
        return this.conversion || this.source?.problem?.message || "";
    }

    get fullScreenLabel() {
        return this.fullScreen.active ? _t("Leave full screen") : _t("Full screen");
    }

    get linkLabel() {
        return this.props.media.link ? _t("Copy a link to this moment") : _t("Copy this moment's time");
    }

    say(text) {
        clearTimeout(this.saying);
        this.saying = setTimeout(() => (this.state.said = text), REST);
    }

    sayPosition() {
        if (this.transport && !this.transport.wanted) {
            this.say(_t("Frozen at %s", formatClock(this.transport.position)));
        }
    }

    // ------------------------------------------------------------------
    // Still
    // ------------------------------------------------------------------

    async takeStill() {
        this.state.problem = "";
        await this.transport?.pause();
        try {
            this.state.still = {
                picture: markRaw(capture(this.source.element, this.view.quarters)),
                timeCode: this.playback ? this.playback.position : null,
            };
        } catch (error) {
            if (!(error instanceof CaptureError)) {
                throw error;
            }
            this.state.problem = error.message;
        }
    }

    leaveStill({ saved = false } = {}) {
        this.state.still = null;
        if (saved) {
            this.say(_t("The still is saved."));
        }
        this.root.el.focus({ preventScroll: true });
    }

    // ------------------------------------------------------------------
    // Panels
    // ------------------------------------------------------------------

    async togglePanel(panel) {
        if (this.comparison && panel === "compare") {
            await this.leaveComparison();
            return;
        }
        this.state.panel = this.state.panel === panel ? null : panel;
    }

    closeHelp() {
        this.state.help = false;
        this.root.el.focus({ preventScroll: true });
    }

    closePanel() {
        this.state.panel = null;
        this.root.el.focus({ preventScroll: true });
    }

    async compareWith(other) {
        await this.playback?.pause();
        this.secondView.quarters = 0;
        this.secondView.reset();
        this.comparison = new Comparison(this.playback, other, this.secondView, this.props.refresh || null);
        this.state.panel = null;
        this.state.compared++;
        this.linkZoom(true);
        this.root.el.focus({ preventScroll: true });
    }

    async leaveComparison() {
        this.comparison.destroy();
        this.comparison = null;
        this.linkZoom(false);
        this.state.compared++;
    }

    /** @param {boolean} linked whether both pictures go to the same part */
    linkZoom(linked) {
        this.state.linkedZoom = linked;
        this.view.partner = linked ? this.secondView : null;
        this.secondView.partner = linked ? this.view : null;
        if (linked) {
            this.secondView.follow(this.view);
        }
    }

    async copyLink() {
        const text = linkAt(this.props.media.link, this.transport ? this.transport.position : null);
        try {
            await navigator.clipboard.writeText(text);
            this.state.said = _t("Copied: %s", text);
        } catch {
            this.state.said = text;
        }
        this.state.copied = text;
        clearTimeout(this.forgetting);
        this.forgetting = setTimeout(() => (this.state.copied = ""), 4000);
    }

    // ------------------------------------------------------------------
    // Commands
    // ------------------------------------------------------------------

    leave() {
        if (this.state.help) {
            this.closeHelp();
        } else if (this.state.panel) {
            this.closePanel();
        } else if (this.comparison) {
            this.leaveComparison();
        } else {
            this.props.onClose?.();
        }
    }

    onKeydown(ev) {
        if (this.state.still || ev.target.closest("input, textarea, select")) {
            return;
        }
        const command = commandOf(ev);
        const action = command && commandsFor(this)[command];
        const pressesControl = [" ", "Enter"].includes(ev.key) && ev.target.closest("button, a, summary");
        if (!action || pressesControl) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        if (!ev.repeat || REPEATABLE.has(command)) {
            Promise.resolve(action(ev.repeat)).then(() => this.sayPosition());
        }
    }
}
