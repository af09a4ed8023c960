import { Component, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ApiError, RoomApi } from "../../core/api";
import { RecordingPlayer } from "../../player/recording_player/recording_player";
import { Guests } from "../../room/guests/guests";
import { History } from "../../room/history/history";
import { Room } from "../../room/room";
import { Notes } from "../../room/side_panel/notes/notes";
import { Prescriptions } from "../../room/side_panel/prescription/prescriptions";
import { useChatDocuments } from "../chat_documents/chat_documents";
import { askToFinish } from "../finish_dialog/finish_dialog";
import { ConsultationWorkflow } from "../workflow_bar/consultation_workflow";
import { WorkflowApi } from "../workflow_bar/workflow_api";

/** The vet's room inside Odoo: client action `vet_teleconsult.room` with params {consultation_id}. */
export class RoomAction extends Component {
    static template = "vet_teleconsult.RoomAction";
    static components = { Room };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({ calling: false });
        const { action } = this.props;
        this.consultationId = action.params?.consultation_id || action.context?.active_id;
        this.api = new RoomApi({ consultationId: this.consultationId });
        this.workflow = new WorkflowApi(this.consultationId);
        this.documents = useChatDocuments();
        this.playerComponent = RecordingPlayer;
        this.historyComponent = History;
        this.workflowComponent = ConsultationWorkflow;
        this.notesComponent = Notes;
        this.prescriptionsComponent = Prescriptions;
        this.guestsComponent = Guests;
        this.env.config?.setDisplayName?.(action.name || _t("Consultation Room"));
        useSetupAction({ beforeLeave: () => this.confirmLeaving() });
    }

    onCallChange(calling) {
        this.state.calling = calling;
    }

    /** @returns {Promise<boolean>} whether the call may end by going elsewhere in Odoo */
    confirmLeaving() {
        if (!this.state.calling) {
            return Promise.resolve(true);
        }
        return this.ask({
            title: _t("Leave the call?"),
            body: _t(
                "Going to another page hangs up. You can come back to the room as long as the consultation is open."
            ),
            confirmLabel: _t("Leave"),
            cancelLabel: _t("Stay"),
        });
    }

    ask(props) {
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                { ...props, confirm: () => resolve(true), cancel: () => resolve(false) },
                { onClose: () => resolve(false) }
            );
        });
    }

    /** @param {() => Promise<boolean>} save saves what was typed and not saved */
    async finish(save) {
        try {
            if (!(await save())) {
                return;
            }
            const { finish: preview } = await this.workflow.look();
            const chosen = await askToFinish(this.dialog, preview);
            if (chosen) {
                await this.workflow.run(chosen);
            }
        } catch (error) {
            this.explain(error);
        }
    }

    /** Say what Odoo has refused, or that it is away; anything else is an error of ours. */
    explain(error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        this.notification.add(error.sentence || _t("That did not arrive at the clinic's server. Please try again."), {
            type: "danger",
        });
    }

    openConsultation() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "vet.consultation",
            res_id: this.consultationId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("vet_teleconsult.room", RoomAction);
