import { Component, useEffect, useRef } from "@odoo/owl";

/**
 * Shows a stream's picture or plays its sound. A browser that refuses to play sound before a tap is reported by
 * `onBlocked`, with a function that tries again.
 */
export class MediaView extends Component {
    static template = "vet_teleconsult.MediaView";
    static props = {
        kind: { type: String, validate: (kind) => ["video", "audio"].includes(kind) },
        stream: { optional: true },
        hook: { type: String, optional: true },
        label: { type: String, optional: true },
        className: { type: String, optional: true },
        speaker: { type: String, optional: true },
        onBlocked: { type: Function, optional: true },
    };

    setup() {
        this.media = useRef("media");
        useEffect(
            (element, stream) => {
                element.srcObject = stream || null;
                if (this.props.kind === "video") {
                    // As a property: cloned elements ignore the attribute.
                    element.muted = true;
                }
                if (stream) {
                    this.play(element);
                }
                return () => (element.srcObject = null);
            },
            () => [this.media.el, this.props.stream]
        );
        useEffect(
            (element, speaker) => {
                if (speaker) {
                    element.setSinkId?.(speaker).catch(() => {});
                }
            },
            () => [this.media.el, this.props.speaker]
        );
    }

    async play(element) {
        try {
            await element.play();
        } catch (error) {
            if (error.name === "NotAllowedError") {
                this.props.onBlocked?.(() => this.play(element));
            }
        }
    }
}
