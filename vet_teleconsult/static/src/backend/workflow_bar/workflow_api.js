import { JsonApi } from "../../core/json_api";

/** What the control bar of one consultation asks of Odoo (`/vet_teleconsult/consultation/...`). */
export class WorkflowApi extends JsonApi {
    /** @param {number} consultationId */
    constructor(consultationId) {
        super({ prefix: "/vet_teleconsult/consultation", identity: { consultation_id: consultationId } });
    }

    /** @returns {Promise<object>} how the consultation stands */
    look() {
        return this.request("workflow", {}, { attempts: 2 });
    }

    /**
     * @param {"claim"|"release"|"lock"|"unlock"|"no_show"|"finish"|"finish_without_summary"|"reopen"} action
     * @returns {Promise<object>} how the consultation stands afterwards
     */
    run(action) {
        return this.request("workflow", { action });
    }
}
