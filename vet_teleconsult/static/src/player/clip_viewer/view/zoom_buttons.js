import { Component, useState } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { ZOOM_STEP } from "./zoom_pan";

/** Beside a picture: closer, whole, turned. */
export class ZoomButtons extends Component {
    static template = "vet_teleconsult.ZoomButtons";
    static components = { ClipIcon };
    static props = { view: Object, label: { type: String, optional: true } };

    setup() {
        this.view = useState(this.props.view);
    }

    get zoomText() {
        return `${(Math.round(this.view.zoom * 10) / 10).toLocaleString()}×`;
    }

    zoomIn() {
        this.view.zoomBy(ZOOM_STEP);
    }

    zoomOut() {
        this.view.zoomBy(1 / ZOOM_STEP);
    }
}
