import { _t } from "@web/core/l10n/translation";
import { Component, onMounted, useRef } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";

/** What the keys and fingers do. */
export class ClipHelp extends Component {
    static template = "vet_teleconsult.ClipHelp";
    static components = { ClipIcon };
    static props = { playing: Boolean, picture: Boolean, onClose: Function };

    setup() {
        this.close = useRef("close");
        onMounted(() => this.close.el.focus());
    }

    get groups() {
        return [this.props.playing && this.playback, this.props.picture && this.picture, this.everywhere].filter(
            Boolean
        );
    }

    get playback() {
        return {
            title: _t("Playing"),
            rows: [
                { keys: [_t("Space"), "K"], text: _t("Play, freeze") },
                { keys: ["←", "→", ",", "."], text: _t("One frame back, forward") },
                { keys: ["J"], text: _t("Play backwards") },
                { keys: ["L"], text: _t("Play; again: faster") },
                { keys: ["↑", "↓"], text: _t("Faster, slower") },
                { keys: [_t("Home"), _t("End")], text: _t("First, last frame") },
                { keys: ["I", "O", "X"], text: _t("Repeat from here, up to here, no more") },
                { keys: ["T"], text: _t("Count a breath or heartbeat") },
                { keys: ["M"], text: _t("Sound on, off") },
            ],
        };
    }

    get picture() {
        return {
            title: _t("Picture"),
            rows: [
                { keys: ["+", "−", "0"], text: _t("Zoom in, out, whole picture") },
                { keys: [_t("Shift + arrows")], text: _t("Move the picture") },
                { keys: ["R"], text: _t("Turn by a quarter") },
                { keys: ["S"], text: _t("Take a still") },
                { keys: [_t("Wheel, two fingers")], text: _t("Zoom in and out there") },
                { keys: [_t("Double tap")], text: _t("Close-up and back") },
            ],
        };
    }

    get everywhere() {
        return {
            title: _t("Viewer"),
            rows: [
                { keys: ["F"], text: _t("Full screen") },
                { keys: [_t("Esc")], text: _t("Close") },
                { keys: ["?"], text: _t("This help") },
            ],
        };
    }
}
