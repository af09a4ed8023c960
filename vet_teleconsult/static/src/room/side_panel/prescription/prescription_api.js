import { JsonApi } from "../../../core/json_api";

/** Signing prints a PDF, and a photo takes its way: both are slower than a note. */
const TIMEOUT = 60000;

/** Odoo's JSON-RPC routes for the prescriptions of one consultation; each answers with `{id, prescribing}`. */
export class PrescriptionApi extends JsonApi {
    /**
     * @param {object} options see `JsonApi`, and
     * @param {number} options.consultationId
     */
    constructor({ consultationId, ...options }) {
        super({
            timeout: TIMEOUT,
            ...options,
            prefix: "/vet_teleconsult/prescription",
            identity: { consultation_id: consultationId },
        });
    }

    /** A draft with its `client_key` is the same however often it is sent. */
    save(values) {
        return this.request("save", { values }, { attempts: 3 });
    }

    sign(id, name, licenseNumber) {
        return this.request("sign", { prescription_id: id, name, license_number: licenseNumber });
    }

    void(id, reason) {
        return this.request("void", { prescription_id: id, reason });
    }

    discard(id) {
        return this.request("discard", { prescription_id: id });
    }

    /** @param {string} content base64 */
    addPhoto(id, name, content) {
        return this.request("photo", { prescription_id: id, name, content });
    }

    /** @returns {Promise<{products: {id: number, name: string}[]}>} */
    products(term) {
        return this.request("products", { term });
    }
}
