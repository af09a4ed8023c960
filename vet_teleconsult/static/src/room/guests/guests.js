import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { GuestsPanel } from "./guests_panel";

/** The vet's button for guests in the room's header, and the panel that it opens. */
export class Guests extends Component {
    static template = "vet_teleconsult.Guests";
    static components = { GuestsPanel, Icon };
    static props = {
        guests: Array,
        onChange: Function,
    };

    setup() {
        this.button = useRef("button");
        this.state = useState({ open: false });
    }

    get label() {
        const { length } = this.props.guests;
        return length ? _t("Guests (%s)", length) : _t("Invite a guest");
    }

    close() {
        this.state.open = false;
        this.button.el.focus();
    }
}
