import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";

/**
 * Sentences about what is going on, each with its next step: read out when they come, never in the way. One that was
 * closed comes back only when its cause does.
 */
export class Notices extends Component {
    static template = "vet_teleconsult.Notices";
    static components = { Icon };
    static props = {
        /** {id, level: "info"|"warning", text, label?, hook?, action?} each. */
        notices: Array,
    };

    setup() {
        this.closed = useState(new Set());
        onWillUpdateProps(({ notices }) => {
            const ids = new Set(notices.map(({ id }) => id));
            [...this.closed].filter((id) => !ids.has(id)).forEach((id) => this.closed.delete(id));
        });
    }

    get shown() {
        return this.props.notices.filter(({ id }) => !this.closed.has(id));
    }
}
