import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { blockedSentence } from "../sentences";

/** After hanging up: come back at any time until the vet finishes; hanging up is not finishing. */
export class Farewell extends Component {
    static template = "vet_teleconsult.Farewell";
    static components = { Icon };
    static props = {
        role: String,
        /** {code, details} when the room closed by itself, null after hanging up. */
        ended: { optional: true },
        finished: { type: Boolean },
        onRejoin: Function,
        onFinish: { type: Function, optional: true },
        onClose: { type: Function, optional: true },
    };

    get over() {
        return this.props.finished || this.props.ended?.code === "finished";
    }

    get sentence() {
        if (this.over && this.props.role === "vet") {
            return {
                title: _t("The consultation is finished"),
                text: _t("Recordings arrive below as soon as they are ready, and the note can still be written."),
            };
        }
        if (this.over) {
            return blockedSentence("finished");
        }
        if (this.props.ended) {
            return blockedSentence(this.props.ended.code, this.props.ended.details);
        }
        return {
            title: _t("You have hung up"),
            text:
                this.props.role === "vet"
                    ? _t("The consultation is still open: you and the owner can come back until you finish it.")
                    : _t("You can come back for as long as the consultation is open, and write messages here."),
        };
    }
}
