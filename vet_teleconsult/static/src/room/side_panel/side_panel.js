import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { PatientCard } from "./patient_card/patient_card";

/** Messages, patient and (for the vet) notes, one at a time beside the picture. */
export class SidePanel extends Component {
    static template = "vet_teleconsult.SidePanel";
    static components = { PatientCard };
    static props = {
        tab: { type: String },
        consultation: Object,
        /** {parts, store} of the chat, or null as long as it is not there */
        chat: { optional: true },
        chatFailed: Boolean,
        /** Guests take no part in what is written. */
        hasMessages: { type: Boolean, optional: true },
        onLoadChat: Function,
        /** What the thread offers for documents, see `ChatThread`. */
        documents: { type: Object, optional: true },
        workspace: { optional: true },
        noteAdded: { type: Number },
        memory: Object,
        onTab: Function,
        onSaveNote: Function,
        /** Told how to save what is being typed, see `Notes`. */
        onTyping: { type: Function, optional: true },
        /** Where there is a vet: `Notes`, and what writes prescriptions, `Prescriptions`. */
        notesComponent: { type: Function, optional: true },
        prescriptionsComponent: { type: Function, optional: true },
        onPrescribing: { type: Function, optional: true },
    };
    static defaultProps = { hasMessages: true };

    setup() {
        this.root = useRef("root");
    }

    /** What the owner saw of an emergency when they booked; the vets' alone. */
    get redFlags() {
        return this.props.workspace?.red_flags || [];
    }

    get tabs() {
        const tabs = [{ name: "patient", label: _t("Patient") }];
        if (this.props.hasMessages) {
            tabs.unshift({ name: "messages", label: _t("Messages") });
        }
        if (this.props.notesComponent && this.props.workspace) {
            tabs.push({ name: "notes", label: _t("Notes") });
        }
        if (this.props.prescriptionsComponent && this.props.workspace?.prescribing) {
            tabs.push({ name: "prescriptions", label: _t("Prescribe") });
        }
        return tabs;
    }

    /** Arrow keys move between tabs (WAI-ARIA tabs pattern). */
    onKeydown(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
            event.preventDefault();
            const names = this.tabs.map(({ name }) => name);
            const next = names[(names.indexOf(this.props.tab) + step + names.length) % names.length];
            this.props.onTab(next);
            this.root.el.querySelector(`[data-test="tab-${next}"]`).focus();
        }
    }
}
