import { Component, onMounted, onWillUnmount, useRef } from "@odoo/owl";

/** The media element of one segment, handed to the playback for as long as it exists. */
export class SegmentMedia extends Component {
    static template = "vet_teleconsult.SegmentMedia";
    static props = {
        playback: Object,
        segment: Object,
        current: Boolean,
        visible: Boolean,
        label: String,
    };

    setup() {
        this.media = useRef("media");
        onMounted(() => {
            this.detach = this.props.playback.attach(this.props.segment, this.media.el);
        });
        onWillUnmount(() => this.detach());
    }
}
