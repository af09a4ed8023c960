import { Component } from "@odoo/owl";
import { formatDateTime } from "../../../core/times";
import { ClipIcon } from "../icon/clip_icon";
import { formatClock } from "../transport/clock";

/** Which clip or photo to put beside. */
export class ComparePicker extends Component {
    static template = "vet_teleconsult.ComparePicker";
    static components = { ClipIcon };
    static props = { others: Array, onChoose: Function, onClose: Function };

    label(media) {
        return media.caption || media.name;
    }

    detail(media) {
        const length = media.duration ? formatClock(media.duration).replace(/\.\d+$/, "") : "";
        return [formatDateTime(media.created_at), length].filter(Boolean).join(" · ");
    }
}
