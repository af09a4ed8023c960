import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ApiError } from "../../core/api";
import { Icon } from "../../core/icon/icon";

/** As many as Odoo lets in beside the vet and the owner. */
export const MAX_GUESTS = 2;

/** Whom the vet has invited: their links, whether they are here, and the way to invite another or remove them. */
export class GuestsPanel extends Component {
    static template = "vet_teleconsult.GuestsPanel";
    static components = { Icon };
    static props = {
        /** {id, participant, name, kind, email, url, state}[] */
        guests: Array,
        /** (action, values) => Promise, rejected with an `ApiError` */
        onChange: Function,
        onClose: Function,
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ name: "", kind: "family", email: "", busy: false, problem: "", copied: null });
        onMounted(() => this.root.el.querySelector("input, button")?.focus());
    }

    get isFull() {
        return this.props.guests.length >= MAX_GUESTS;
    }

    describe({ kind, state }) {
        const who = kind === "colleague" ? _t("Colleague") : _t("Family");
        return state === "present" ? _t("%s · in the room", who) : _t("%s · invited", who);
    }

    async change(action, values = {}) {
        if (this.state.busy) {
            return false;
        }
        this.state.busy = true;
        this.state.problem = "";
        try {
            await this.props.onChange(action, values);
            return true;
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.state.problem = error.sentence || _t("The clinic's server cannot be reached. Please try again.");
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    async invite() {
        const { name, kind, email } = this.state;
        const values = { name: name.trim(), kind, email: email.trim() || null, send: Boolean(email.trim()) };
        if (await this.change("invite", values)) {
            Object.assign(this.state, { name: "", email: "" });
        }
    }

    async copy(guest) {
        const field = this.root.el.querySelector(`[data-guest="${guest.id}"] input`);
        field.select();
        try {
            await navigator.clipboard.writeText(guest.url);
        } catch {
            // Selected as it is, the link can be copied by hand.
            return;
        }
        this.state.copied = guest.id;
    }

    onKeydown(event) {
        if (event.key === "Escape") {
            event.stopPropagation();
            this.props.onClose();
        }
    }
}
