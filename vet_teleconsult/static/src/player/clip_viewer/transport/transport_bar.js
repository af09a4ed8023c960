import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";
import { ClipIcon } from "../icon/clip_icon";
import { RATES } from "../playback/clip_playback";
import { useChanges } from "../use_changes";
import { ClipBar } from "./clip_bar";

/** Play, freeze, step, speed, and the stretch that is repeated. */
export class TransportBar extends Component {
    static template = "vet_teleconsult.TransportBar";
    static components = { ClipBar, ClipIcon };
    static props = { transport: Object };

    setup() {
        this.rates = RATES;
        this.changes = useChanges(() => [this.props.transport]);
    }

    get isRunning() {
        return ["playing", "buffering", "reversing"].includes(this.props.transport.status);
    }

    get playLabel() {
        if (this.isRunning) {
            return this.props.transport.hasPicture ? _t("Freeze") : _t("Pause");
        }
        return this.props.transport.status === "ended" ? _t("Play again") : _t("Play");
    }

    get soundLabel() {
        return this.props.transport.muted ? _t("Sound on") : _t("Sound off");
    }

    get stepBackLabel() {
        return this.props.transport.hasPicture ? _t("One frame back") : _t("A little back");
    }

    get stepForwardLabel() {
        return this.props.transport.hasPicture ? _t("One frame forward") : _t("A little forward");
    }

    rateLabel(rate) {
        return `${rate.toLocaleString()}×`;
    }

    onRate(ev) {
        this.props.transport.setRate(Number(ev.target.value));
    }
}
