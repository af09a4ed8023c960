import { Component } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";

/** Sentences about what is going on, each with its next step: read out when they come, never in the way. */
export class Notices extends Component {
    static template = "vet_teleconsult.Notices";
    static components = { Icon };
    static props = {
        /** {id, level: "info"|"warning", text, label?, action?} each. */
        notices: Array,
    };
}
