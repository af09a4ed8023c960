import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";
import { Icon } from "../../../core/icon/icon";
import { formatDateTime } from "../../../core/times";
import { EndChatDialog } from "../dialogs/end_chat_dialog";
import { HandOverDialog } from "../dialogs/hand_over_dialog";

/** What a vet does with a chat as a whole: take it, hand it over, lock and end it, get its transcript. */
export class ChatBar extends Component {
    static template = "vet_teleconsult.ChatBar";
    static components = { Dropdown, DropdownItem, Icon };
    static props = {
        /** `ChatStore` of an open chat */
        store: Object,
        panelShown: Boolean,
        onPanel: Function,
        onBack: Function,
    };

    setup() {
        this.formatDateTime = formatDateTime;
        this.dialog = useService("dialog");
        this.thread = useState(this.props.store.state);
        this.state = useState({ busy: false });
    }

    get chat() {
        return this.thread.chat;
    }

    get mine() {
        return this.chat.vet?.participant === this.props.store.self.id;
    }

    get inConsultation() {
        return ["scheduled", "waiting", "in_progress"].includes(this.chat.consultation?.state);
    }

    get locked() {
        return this.chat.state === "locked";
    }

    get subtitle() {
        const { owner, subject } = this.chat;
        return [owner.name, subject].filter(Boolean).join(" · ");
    }

    get lockTitle() {
        return this.locked
            ? _t("The owner can read, but not write. Click to open the conversation.")
            : _t("The owner can write. Click to lock the conversation.");
    }

    get transcripts() {
        return this.chat.transcripts || [];
    }

    async run(action, values) {
        this.state.busy = true;
        try {
            await this.props.store.workflow(action, values);
        } finally {
            this.state.busy = false;
        }
    }

    handOver() {
        this.dialog.add(HandOverDialog, {
            api: this.props.store.api,
            onConfirm: ({ userId }) => this.run("hand_over", { user_id: userId }),
        });
    }

    end() {
        this.dialog.add(EndChatDialog, {
            patient: this.chat.patient.name,
            owner: this.chat.owner.name,
            coming: this.props.store.media.filter(({ state }) => ["uploading", "processing"].includes(state)).length,
            onConfirm: ({ lock, mailTranscript }) => this.run("end", { lock, mail_transcript: mailTranscript }),
        });
    }

    download(transcript) {
        window.location.assign(transcript.url);
    }
}
