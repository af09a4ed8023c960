import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/** How a chat is to end: whether the owner can go on writing, and whether they get the transcript by mail. */
export class EndChatDialog extends Component {
    static template = "vet_teleconsult.EndChatDialog";
    static components = { Dialog };
    static props = {
        patient: String,
        owner: String,
        /** How many files are still on their way. */
        coming: { type: Number, optional: true },
        /** {lock, mailTranscript} */
        onConfirm: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ lock: true, mailTranscript: false, busy: false });
    }

    async confirm() {
        this.state.busy = true;
        const { lock, mailTranscript } = this.state;
        await this.props.onConfirm({ lock, mailTranscript });
        this.props.close();
    }
}
