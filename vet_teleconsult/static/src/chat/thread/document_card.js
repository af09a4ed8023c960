import { Component } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";

/** Of documents of any kind: what a state means for whoever sees it. */
const TONES = {
    sent: "open",
    signed: "done",
    paid: "done",
    expired: "over",
    cancelled: "over",
    voided: "over",
    deleted: "over",
};

/** A document of the clinic in the thread, such as a quote: what it is, how it stands, and the way to it. */
export class DocumentCard extends Component {
    static template = "vet_teleconsult.DocumentCard";
    static components = { Icon };
    static props = {
        /** {kind, id, title, subtitle, state, state_label, amount, url, url_label?, asks?, pdf_url, is_void} */
        document: Object,
        /** {openDocument}: whether it was opened without leaving the page */
        actions: Object,
    };

    get document() {
        return this.props.document;
    }

    get tone() {
        return TONES[this.document.state] || "quiet";
    }

    onOpen(event) {
        if (this.props.actions.openDocument?.(this.document)) {
            event.preventDefault();
        }
    }
}
