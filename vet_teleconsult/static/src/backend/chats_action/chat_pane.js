import { Component, useState } from "@odoo/owl";
import { ChatThread } from "../../chat/thread/chat_thread";
import { ConsultationWorkflow } from "../workflow_bar/consultation_workflow";
import { ChatBar } from "./chat_bar/chat_bar";
import { PatientPanel } from "./patient_panel/patient_panel";

/** One conversation as a vet works on it: what is done with it as a whole, the thread, and the patient. */
export class ChatPane extends Component {
    static template = "vet_teleconsult.ChatPane";
    static components = { ChatBar, ChatThread, ConsultationWorkflow, PatientPanel };
    static props = {
        store: Object,
        panelShown: Boolean,
        onPanel: Function,
        onBack: Function,
        onOpenRecord: Function,
        /** What the thread offers for documents, see `ChatThread`. */
        documents: { type: Object, optional: true },
    };

    setup() {
        this.thread = useState(this.props.store.state);
    }
}
