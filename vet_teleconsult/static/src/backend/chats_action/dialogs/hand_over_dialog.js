import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { ApiError } from "../../../core/json_api";

/** Which colleague a chat goes to. */
export class HandOverDialog extends Component {
    static template = "vet_teleconsult.HandOverDialog";
    static components = { Dialog };
    static props = {
        api: Object,
        /** {userId} */
        onConfirm: Function,
        close: Function,
    };

    setup() {
        this.state = useState({ colleagues: [], userId: null, problem: "", busy: false });
        onWillStart(() => this.load());
    }

    async load() {
        try {
            this.state.colleagues = await this.props.api.colleagues();
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.state.problem = error.sentence || _t("The colleagues could not be loaded. Please try again.");
        }
    }

    async confirm() {
        this.state.busy = true;
        await this.props.onConfirm({ userId: this.state.userId });
        this.props.close();
    }
}
