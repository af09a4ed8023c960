import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { MediaView } from "../../core/media_view/media_view";
import { SelfView } from "./self_view";

/** Who is seen: the other participants, oneself in a corner, and below them what is shared. */
export class Stage extends Component {
    static template = "vet_teleconsult.Stage";
    static components = { Icon, MediaView, SelfView };
    static props = {
        others: Array,
        local: Object,
        connection: String,
        waitingText: String,
        speaker: { optional: true },
        onBlocked: Function,
        slots: { type: Object, optional: true },
    };

    setup() {
        this.state = useState({ large: false });
    }

    get sharing() {
        return this.props.others.filter((other) => other.state.screen && other.streams.screen);
    }

    hint(other) {
        if (other.connection === "connected") {
            return other.state.camera === false ? _t("The camera of %s is off.", other.name) : "";
        }
        return other.connection === "reconnecting"
            ? _t("The connection to %s was interrupted. It is being restored…", other.name)
            : _t("%s is here. Connecting…", other.name);
    }

    screenLabel(other) {
        return _t("Screen of %s", other.name);
    }

    shows(other) {
        return other.connection !== "connecting" && other.state.camera !== false;
    }

    initial(other) {
        return (other.name || "?").trim().charAt(0).toUpperCase();
    }
}
