import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { WorkflowMenu } from "./workflow_menu";

const OPEN = ["scheduled", "waiting", "in_progress"];

/**
 * The vet's control bar: who holds the consultation, whether its owner may write, and how it ends. Shows what it is
 * given and says what was pressed; what may be pressed is decided in Odoo (`vet.consultation._get_workflow`).
 */
export class WorkflowBar extends Component {
    static template = "vet_teleconsult.WorkflowBar";
    static components = { Icon, WorkflowMenu };
    static props = {
        /** {id, state, scheduled_at, claimed_by: {id, name}|null, is_mine, chat_state, no_show_proposed, may} */
        consultation: Object,
        /** While an answer is awaited nothing else can be pressed. */
        busy: { type: Boolean, optional: true },
        /**
         * Told the action: claim, release, hand_over, lock, unlock, no_show, reschedule, cancel, undo_start, finish or
         * reopen.
         */
        onAction: Function,
    };

    get isOpen() {
        return OPEN.includes(this.props.consultation.state);
    }

    get locked() {
        return this.props.consultation.chat_state === "locked";
    }

    get holder() {
        const { claimed_by: claimedBy, is_mine: isMine } = this.props.consultation;
        return isMine ? _t("Claimed") : claimedBy.name;
    }

    get holderTitle() {
        const { claimed_by: claimedBy, is_mine: isMine } = this.props.consultation;
        return isMine ? _t("You have taken this consultation.") : _t("%s has taken this consultation.", claimedBy.name);
    }

    /** What can be done about who holds it. */
    get choices() {
        const { may } = this.props.consultation;
        return [
            { id: "release", icon: "unlock", label: _t("Release: make it available"), shown: may.release },
            { id: "hand_over", icon: "hand_over", label: _t("Hand over to a colleague…"), shown: may.hand_over },
        ].filter(({ shown }) => shown);
    }

    get lockTitle() {
        return this.locked
            ? _t("The owner can read, but not write. Click to open the message box.")
            : _t("The owner can write. Click to lock the message box.");
    }

    get isTooEarly() {
        return new Date(this.props.consultation.scheduled_at) > Date.now();
    }

    get noShowTitle() {
        if (this.isTooEarly) {
            return _t("The owner can still come: the appointment has not begun.");
        }
        return this.props.consultation.no_show_proposed
            ? _t("The owner has not come. Click to note a no-show, if you agree.")
            : _t("Note that the owner did not come.");
    }

    get reopenTitle() {
        return this.props.consultation.state === "done"
            ? _t("The consultation is finished. Click to go on with it.")
            : _t("The consultation does not take place. Click to schedule it again.");
    }
}
