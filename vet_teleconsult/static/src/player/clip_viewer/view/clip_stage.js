import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { useChanges } from "../use_changes";
import { Gestures } from "./gestures";

/** A double tap goes in this far, and out again. */
const CLOSE_UP = 3;

/** The picture of a clip or photo, magnified, turned and moved. */
export class ClipStage extends Component {
    static template = "vet_teleconsult.ClipStage";
    static components = { ClipIcon };
    static props = {
        media: Object,
        /** Of a clip or sound. */
        playback: { optional: true },
        /** Of a photo. */
        photo: { optional: true },
        /** How the picture lies, reactive. */
        view: Object,
        label: String,
        onTap: { type: Function, optional: true },
        /** Takes over single pointers while it draws: `{draws: () => boolean, draw: (phase, point) => void}`. */
        pen: { optional: true },
        slots: { optional: true },
    };

    setup() {
        this.stage = useRef("stage");
        this.element = useRef("element");
        this.view = useState(this.props.view);
        this.changes = useChanges(() => [this.props.playback, this.props.photo]);
        onMounted(() => this.begin());
        onWillUnmount(() => this.end());
        useEffect(
            (width, height) => this.view.setPicture(width, height),
            () => [this.pictureSize.width, this.pictureSize.height]
        );
    }

    begin() {
        const { el } = this.stage;
        this.sizes = new ResizeObserver(() => this.view.setStage(el.clientWidth, el.clientHeight));
        this.sizes.observe(el);
        this.view.setStage(el.clientWidth, el.clientHeight);
        this.gestures = new Gestures(el, {
            drag: (x, y) => this.view.panBy(x, y),
            pinch: (factor, from, to) => this.hasPicture && this.view.zoomBy(factor, from, to),
            tap: () => this.props.onTap?.(),
            doubleTap: (point) => this.toggleCloseUp(point),
            draws: () => Boolean(this.props.pen?.draws()),
            draw: (phase, point) => this.props.pen.draw(phase, point),
        });
        this.source?.attach(this.element.el);
    }

    end() {
        this.sizes.disconnect();
        this.gestures.destroy();
        this.source?.detach();
    }

    get source() {
        return this.props.playback || this.props.photo;
    }

    get hasPicture() {
        return this.props.media.kind !== "audio";
    }

    get kind() {
        return this.props.photo ? "photo" : this.hasPicture ? "video" : "audio";
    }

    /** As the browser shows it: turned as the file says. */
    get pictureSize() {
        const size = this.source?.size;
        const { width, height } = this.props.media;
        return size?.width ? size : { width: width || 1280, height: height || 720 };
    }

    get style() {
        const { width, height } = this.pictureSize;
        return `width: ${width}px; height: ${height}px; transform: ${this.view.css}`;
    }

    toggleCloseUp(point) {
        if (this.hasPicture) {
            this.view.zoomTo(this.view.isZoomed ? 1 : CLOSE_UP, point);
        }
    }

    get notice() {
        const { playback } = this.props;
        if (playback?.blocked) {
            return _t("Your browser stopped the playback. Press Play to go on.");
        }
        return ["loading", "buffering"].includes(this.source?.status) ? _t("Loading…") : "";
    }
}
