import { Component, onWillDestroy } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { ConsultationWorkflow } from "./consultation_workflow";

/** The control bar in the form of a consultation; the form follows what the bar and others do. */
export class WorkflowWidget extends Component {
    static template = "vet_teleconsult.WorkflowWidget";
    static components = { ConsultationWorkflow };
    static props = { ...standardWidgetProps };

    setup() {
        onWillDestroy(() => (this.gone = true));
    }

    /** @returns {Promise<boolean>} whether the form is saved, so that nothing that was entered gets lost */
    save() {
        return this.props.record.save();
    }

    /** What somebody is entering stays; whoever saves it is told by Odoo if it no longer fits. */
    async reload() {
        const { record } = this.props;
        try {
            if (!this.gone && !(await record.isDirty())) {
                await record.load();
            }
        } catch (error) {
            // Whoever has left the form, for the room, has nothing there to be brought up to date.
            if (!this.gone) {
                throw error;
            }
        }
    }
}

registry.category("view_widgets").add("vet_workflow_bar", {
    component: WorkflowWidget,
    displayName: _t("Control bar of a consultation"),
});
