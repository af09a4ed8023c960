import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, onWillUnmount, onWillUpdateProps, reactive, useRef, useState } from "@odoo/owl";
import { useFullScreen } from "../recording_player/full_screen";
import { ClipIcon } from "./icon/clip_icon";
import { commandOf, REPEATABLE } from "./keys";
import { ClipPlayback } from "./playback/clip_playback";
import { capture } from "./still/capture";
import { StillEditor } from "./still/still_editor";
import { TransportBar } from "./transport/transport_bar";
import { useChanges } from "./use_changes";
import { ClipStage } from "./view/clip_stage";
import { PhotoSource } from "./view/photo_source";
import { ZOOM_STEP, ZoomPan } from "./view/zoom_pan";

/** Of one press of a key that moves the picture, CSS pixels. */
const MOVE = 60;

/**
 * Shows a clip, photo or sound to a vet or an owner: frame by frame, magnified, slowed down. Needs nothing of the web
 * client but Owl and the translations, so that it can stand on any page.
 */
export class ClipViewer extends Component {
    static template = "vet_teleconsult.ClipViewer";
    static components = { ClipIcon, ClipStage, StillEditor, TransportBar };
    static props = {
        /** As Odoo describes it. Another one needs another `t-key`. */
        media: Object,
        /** Clips and photos to compare with. */
        others: { type: Array, optional: true },
        /** s, where to open; paused. */
        start: { type: Number, optional: true },
        role: { type: String, optional: true },
        onClose: { optional: true },
        /** `async (blob, {timeCode, annotated, caption, post})`; none where stills cannot be kept. */
        saveStill: { optional: true },
        /** `async ({kind, value, unit, method, count, start, end})`; none where rates cannot be kept. */
        saveObservation: { optional: true },
        /** Asks for the media again, with fresh addresses: they expire. */
        refresh: { optional: true },
    };

    setup() {
        this.root = useRef("root");
        const { media, refresh, start } = this.props;
        this.isMoving = ["video", "audio"].includes(media.kind);
        this.isPhoto = ["photo", "still"].includes(media.kind);
        this.playback = this.isMoving ? new ClipPlayback(media, { refresh, start }) : null;
        this.photo = this.isPhoto ? new PhotoSource(media, { refresh }) : null;
        this.view = useState(reactive(new ZoomPan()));
        this.state = useState({ mode: "view", still: null, problem: "" });
        this.fullScreen = useFullScreen(this.root);
        this.changes = useChanges(() => [this.source]);
        onWillUpdateProps(({ media: newer }) => this.source?.recovery.update(newer));
        onMounted(() => this.root.el.focus({ preventScroll: true }));
        this.onPageHide = () => this.playback?.pause();
        onMounted(() => window.addEventListener("pagehide", this.onPageHide));
        onWillUnmount(() => window.removeEventListener("pagehide", this.onPageHide));
    }

    get source() {
        return this.playback || this.photo;
    }

    get hasPicture() {
        return this.isPhoto || this.props.media.kind === "video";
    }

    get label() {
        const { caption, name } = this.props.media;
        return caption || name || _t("Clip");
    }

    get problem() {
        return this.source?.problem?.message || "";
    }

    get fullScreenLabel() {
        return this.fullScreen.active ? _t("Leave full screen") : _t("Full screen");
    }

    get zoomText() {
        return `${Math.round(this.view.zoom * 10) / 10}×`;
    }

    // ------------------------------------------------------------------
    // Still
    // ------------------------------------------------------------------

    async takeStill() {
        this.state.problem = "";
        await this.playback?.pause();
        try {
            this.state.still = {
                picture: capture(this.source.element, this.view.quarters),
                timeCode: this.playback ? this.playback.position : null,
            };
            this.state.mode = "still";
        } catch (error) {
            this.state.problem = error.message;
        }
    }

    leaveStill() {
        this.state.still = null;
        this.state.mode = "view";
        this.root.el.focus({ preventScroll: true });
    }

    // ------------------------------------------------------------------
    // Commands
    // ------------------------------------------------------------------

    get commands() {
        const { playback, view } = this;
        const zoom = this.hasPicture && {
            zoomIn: () => view.zoomBy(ZOOM_STEP),
            zoomOut: () => view.zoomBy(1 / ZOOM_STEP),
            zoomReset: () => view.reset(),
            rotate: () => view.rotate(),
            still: () => this.props.saveStill && this.takeStill(),
            moveLeft: () => view.panBy(MOVE, 0),
            moveRight: () => view.panBy(-MOVE, 0),
            moveUp: () => view.panBy(0, MOVE),
            moveDown: () => view.panBy(0, -MOVE),
        };
        const play = playback && {
            toggle: () => playback.toggle(),
            reverse: () => playback.reverse(),
            forward: () => (playback.wanted ? playback.changeRate(1) : playback.play()),
            stepBack: (repeated) => (repeated && playback.busy ? null : playback.step(-1)),
            stepForward: (repeated) => (repeated && playback.busy ? null : playback.step(1)),
            faster: () => playback.changeRate(1),
            slower: () => playback.changeRate(-1),
            toStart: () => playback.toStart(),
            toEnd: () => playback.toEnd(),
            markStart: () => playback.markStart(),
            markEnd: () => playback.markEnd(),
            clearLoop: () => playback.clearLoop(),
            mute: () => playback.setSound({ muted: !playback.muted }),
        };
        return { ...zoom, ...play, fullScreen: () => this.fullScreen.toggle(), leave: () => this.props.onClose?.() };
    }

    onKeydown(ev) {
        if (this.state.mode === "still" || ev.target.closest("input, textarea, select")) {
            return;
        }
        const command = commandOf(ev);
        const action = command && this.commands[command];
        const pressesControl = [" ", "Enter"].includes(ev.key) && ev.target.closest("button, a, summary");
        if (!action || pressesControl) {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        if (!ev.repeat || REPEATABLE.has(command)) {
            action(ev.repeat);
        }
    }
}
