import { Component, useRef, useState } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";
import { MediaView } from "../../core/media_view/media_view";

const CORNERS = ["top-right", "bottom-right", "bottom-left", "top-left"];
/** Movement in pixels below which a touch is a tap. */
const DRAG_THRESHOLD = 6;

/** One's own picture in a corner of the stage; it moves by dragging, by its button, or with the arrow keys. */
export class SelfView extends Component {
    static template = "vet_teleconsult.SelfView";
    static components = { Icon, MediaView };
    static props = {
        local: Object,
        /** Whether it takes the place of a fourth beside three others, rather than a corner. */
        tiled: { type: Boolean, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ corner: "top-right", x: 0, y: 0 });
    }

    nextCorner() {
        this.state.corner = CORNERS[(CORNERS.indexOf(this.state.corner) + 1) % CORNERS.length];
    }

    onKeydown(event) {
        const [vertical, horizontal] = this.state.corner.split("-");
        const corner = {
            ArrowUp: `top-${horizontal}`,
            ArrowDown: `bottom-${horizontal}`,
            ArrowLeft: `${vertical}-left`,
            ArrowRight: `${vertical}-right`,
        }[event.key];
        if (corner) {
            event.preventDefault();
            this.state.corner = corner;
        }
    }

    onPointerdown(event) {
        if (this.props.tiled || event.button || event.target.closest("button")) {
            return;
        }
        this.drag = { x: event.clientX, y: event.clientY };
        this.root.el.setPointerCapture(event.pointerId);
    }

    onPointermove(event) {
        if (this.drag) {
            this.state.x = event.clientX - this.drag.x;
            this.state.y = event.clientY - this.drag.y;
        }
    }

    onPointerup() {
        if (!this.drag) {
            return;
        }
        this.drag = null;
        if (Math.hypot(this.state.x, this.state.y) > DRAG_THRESHOLD) {
            this.state.corner = this.nearestCorner();
        }
        this.state.x = this.state.y = 0;
    }

    nearestCorner() {
        const own = this.root.el.getBoundingClientRect();
        const stage = this.root.el.offsetParent.getBoundingClientRect();
        const vertical = own.top + own.height / 2 < stage.top + stage.height / 2 ? "top" : "bottom";
        const horizontal = own.left + own.width / 2 < stage.left + stage.width / 2 ? "left" : "right";
        return `${vertical}-${horizontal}`;
    }
}
