import { _t } from "@web/core/l10n/translation";
import { Component, useRef } from "@odoo/owl";
import { useChanges } from "../use_changes";
import { formatClock } from "./clock";

/** s */
const LARGE_STEP = 5;

/** The clip's time line: a slider whose arrow keys go by frames, with the stretch that is repeated. */
export class ClipBar extends Component {
    static template = "vet_teleconsult.ClipBar";
    static props = { transport: Object };

    setup() {
        this.bar = useRef("bar");
        this.changes = useChanges(() => [this.props.transport], ["change", "position"]);
        this.dragging = null;
    }

    get duration() {
        return this.props.transport.duration;
    }

    get position() {
        return this.props.transport.position;
    }

    get positionText() {
        return formatClock(this.position);
    }

    get durationText() {
        return formatClock(this.duration);
    }

    get valueText() {
        return _t("%(position)s of %(duration)s seconds", {
            position: this.position.toFixed(2),
            duration: this.duration.toFixed(2),
        });
    }

    get stretch() {
        const { loop } = this.props.transport;
        return loop.isSet ? loop.stretch(this.duration) : null;
    }

    share(seconds) {
        const share = this.duration ? Math.min(1, Math.max(0, seconds / this.duration)) : 0;
        return `${(100 * share).toFixed(3)}%`;
    }

    onKeydown(ev) {
        const { transport } = this.props;
        const actions = {
            ArrowDown: () => transport.step(-1),
            ArrowUp: () => transport.step(1),
            PageDown: () => transport.seek(this.position - LARGE_STEP),
            PageUp: () => transport.seek(this.position + LARGE_STEP),
        };
        if (ev.key in actions && !ev.ctrlKey && !ev.metaKey && !ev.altKey) {
            ev.preventDefault();
            ev.stopPropagation();
            actions[ev.key]();
        }
    }

    onPointerDown(ev) {
        if (ev.button === 0) {
            this.dragging = ev.pointerId;
            this.bar.el.setPointerCapture(ev.pointerId);
            this.seekToPointer(ev);
        }
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
            const share = Math.min(1, Math.max(0, (ev.clientX - left) / width));
            this.props.transport.seek(share * this.duration);
        }
    }
}
