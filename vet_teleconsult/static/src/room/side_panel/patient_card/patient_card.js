import { Component } from "@odoo/owl";
import { Icon } from "../../../core/icon/icon";
import { formatDateTime } from "../../../core/times";

/** Who is consulted about, by whom, and how to reach the clinic. */
export class PatientCard extends Component {
    static template = "vet_teleconsult.PatientCard";
    static components = { Icon };
    static props = { consultation: Object };

    setup() {
        this.formatDateTime = formatDateTime;
    }

    get patient() {
        return this.props.consultation.patient || {};
    }

    get kind() {
        return [this.patient.species, this.patient.breed].filter(Boolean).join(" · ");
    }
}
