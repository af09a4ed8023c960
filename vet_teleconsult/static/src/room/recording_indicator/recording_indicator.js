import { Component, onWillDestroy, useState } from "@odoo/owl";
import { formatDuration, parseDate } from "../../core/times";

/** The red dot, a word and the time, for as long as a recording runs or is paused; and the way out of it. */
export class RecordingIndicator extends Component {
    static template = "vet_teleconsult.RecordingIndicator";
    static props = {
        recording: Object,
        clockOffset: { type: Number },
        canWithdraw: { type: Boolean },
        onWithdraw: Function,
    };

    setup() {
        this.state = useState({ now: Date.now() });
        const timer = setInterval(() => (this.state.now = Date.now()), 1000);
        onWillDestroy(() => clearInterval(timer));
    }

    get visible() {
        return ["recording", "paused"].includes(this.props.recording.state);
    }

    get time() {
        const startedAt = this.props.recording.started_at;
        const start = typeof startedAt === "number" ? startedAt * 1000 : parseDate(startedAt)?.getTime();
        return start ? formatDuration((this.state.now + this.props.clockOffset - start) / 1000) : "";
    }
}
