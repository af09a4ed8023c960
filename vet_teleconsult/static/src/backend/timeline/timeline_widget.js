import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Timeline } from "../../timeline/timeline";

/** The timeline of a form's record, patient or consultation: `<widget name="vet_timeline"/>`. */
export class TimelineWidget extends Component {
    static template = "vet_teleconsult.TimelineWidget";
    static components = { Timeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get empty() {
        return this.props.record.resModel === "vet.patient"
            ? _t("Nothing has happened yet.")
            : _t("Nothing came before, of this patient or this owner.");
    }

    load({ before, kinds }) {
        const { resModel, resId } = this.props.record;
        return this.orm.call(resModel, "get_timeline", [[resId]], { before, kinds });
    }

    openRecord({ model, id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async viewRecording(id) {
        return this.action.doAction(await this.orm.call("vet.recording", "action_view_player", [[id]]));
    }
}

registry.category("view_widgets").add("vet_timeline", { component: TimelineWidget });
