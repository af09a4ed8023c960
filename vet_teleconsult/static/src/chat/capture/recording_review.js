import { Component, onWillUnmount, useEffect, useRef } from "@odoo/owl";

/**
 * Plays a recording that has just been made. A browser's own WebM has no duration: going to its end finds it.
 */
export class RecordingReview extends Component {
    static template = "vet_teleconsult.RecordingReview";
    static props = { file: Object };

    setup() {
        this.media = useRef("media");
        let url = null;
        useEffect(
            (element, file) => {
                url = URL.createObjectURL(file);
                element.src = url;
                element.onloadedmetadata = () => this.findDuration(element);
                return () => {
                    element.removeAttribute("src");
                    element.load();
                    URL.revokeObjectURL(url);
                };
            },
            () => [this.media.el, this.props.file]
        );
        onWillUnmount(() => this.media.el?.pause());
    }

    get isSound() {
        return this.props.file.type.startsWith("audio/");
    }

    findDuration(element) {
        if (element.duration !== Infinity) {
            return;
        }
        element.ondurationchange = () => {
            if (element.duration !== Infinity) {
                element.ondurationchange = null;
                element.currentTime = 0;
            }
        };
        element.currentTime = Number.MAX_SAFE_INTEGER;
    }
}
