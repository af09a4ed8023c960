import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { formatPosition } from "./playback/timeline";

/** s */
const SMALL_STEP = 5;
const LARGE_STEP = 30;

/** The recording's time line: a slider, with pauses and events marked. */
export class SeekBar extends Component {
    static template = "vet_teleconsult.SeekBar";
    static props = { playback: Object, events: Array };

    setup() {
        this.bar = useRef("bar");
        this.state = useState({ position: this.props.playback.position });
        this.dragging = null;
        const update = () => {
            this.state.position = this.props.playback.position;
        };
        onMounted(() => this.props.playback.addEventListener("position", update));
        onWillUnmount(() => this.props.playback.removeEventListener("position", update));
    }

    get duration() {
        return this.props.playback.duration;
    }

    get pauses() {
        return this.props.playback.timeline.pauses;
    }

    get positionText() {
        return formatPosition(this.state.position);
    }

    get durationText() {
        return formatPosition(this.duration);
    }

    get valueText() {
        return _t("%(position)s of %(duration)s", {
            position: this.spoken(this.state.position),
            duration: this.spoken(this.duration),
        });
    }

    /** Times as a screen reader should say them. */
    spoken(seconds) {
        const whole = Math.floor(seconds);
        const minutes = Math.floor(whole / 60);
        const rest = whole % 60;
        if (!minutes) {
            return _t("%s seconds", rest);
        }
        return _t("%(minutes)s minutes %(seconds)s seconds", { minutes, seconds: rest });
    }

    share(seconds) {
        return this.duration ? `${((100 * seconds) / this.duration).toFixed(3)}%` : "0%";
    }

    seekTo(position) {
        this.props.playback.seek(position);
    }

    eventLabel(event) {
        return `${formatPosition(event.at)} ${event.label}`;
    }

    onKeydown(ev) {
        const { position } = this.props.playback;
        const targets = {
            ArrowLeft: position - SMALL_STEP,
            ArrowDown: position - SMALL_STEP,
            ArrowRight: position + SMALL_STEP,
            ArrowUp: position + SMALL_STEP,
            PageDown: position - LARGE_STEP,
            PageUp: position + LARGE_STEP,
            Home: 0,
            End: this.duration,
        };
        if (ev.key in targets && !ev.ctrlKey && !ev.metaKey && !ev.altKey) {
            ev.preventDefault();
            ev.stopPropagation();
            this.seekTo(targets[ev.key]);
        }
    }

    onPointerDown(ev) {
        if (ev.button !== 0) {
            return;
        }
        this.dragging = ev.pointerId;
        this.bar.el.setPointerCapture(ev.pointerId);
        this.seekToPointer(ev);
    }

    onPointerMove(ev) {
        if (this.dragging === ev.pointerId) {
            this.seekToPointer(ev);
        }
    }

    onPointerEnd() {
        this.dragging = null;
    }

    seekToPointer(ev) {
        const { left, width } = this.bar.el.getBoundingClientRect();
        if (width) {
            this.seekTo(((ev.clientX - left) / width) * this.duration);
        }
    }
}
