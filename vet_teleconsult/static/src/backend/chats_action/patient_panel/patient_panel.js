import { Component } from "@odoo/owl";
import { Icon } from "../../../core/icon/icon";
import { formatDateTime } from "../../../core/times";

/** Whom a chat is about, with the ways to the records. */
export class PatientPanel extends Component {
    static template = "vet_teleconsult.PatientPanel";
    static components = { Icon };
    static props = {
        chat: Object,
        /** (model, id) */
        onOpenRecord: Function,
    };

    setup() {
        this.formatDateTime = formatDateTime;
    }

    get kind() {
        const { species, breed } = this.props.chat.patient;
        return [species, breed].filter(Boolean).join(" · ");
    }
}
