import { JsonApi } from "./json_api";

export { ApiError } from "./json_api";

/**
 * Odoo's JSON-RPC routes of one room (`/vet_teleconsult/room/...`).
 */
export class RoomApi extends JsonApi {
    /**
     * @param {object} options see `JsonApi`, and
     * @param {number} options.consultationId
     * @param {string|null} [options.accessToken] the owner's room token; a vet has a session instead
     */
    constructor({ consultationId, accessToken = null, ...options }) {
        super({
            ...options,
            prefix: "/vet_teleconsult/room",
            identity: { consultation_id: consultationId, ...(accessToken ? { access_token: accessToken } : {}) },
        });
        this.consultationId = consultationId;
        this.accessToken = accessToken;
    }

    /** @returns {Promise<object>} everything the room needs to start */
    join() {
        return this.request("join", {}, { attempts: 3 });
    }

    /** @returns {Promise<{ticket: string, sidecar: object, ice_servers: object[]}>} */
    ticket() {
        return this.request("ticket");
    }

    /**
     * Keep a participant's decision about being recorded.
     *
     * @param {"granted"|"refused"} decision
     * @param {string} call
     * @param {string|number} consentVersion version of the text that was shown
     * @returns {Promise<{grant: string}>} what the sidecar accepts as proof
     */
    consent(decision, call, consentVersion) {
        return this.request("consent", { decision, call, consent_version: consentVersion }, { attempts: 3 });
    }

    /**
     * @param {object} changes what was written: note, note_shared, recommendations, next_steps; those that were changed
     * @returns {Promise<object>} all of them, as they were kept
     */
    saveNote(changes) {
        return this.request("note", changes, { attempts: 2 });
    }

    /** @returns {Promise<object>} what only the vet sees: note, recordings, claim */
    workspace() {
        return this.request("workspace");
    }

    /**
     * What came before, of the patient and of its owner.
     *
     * @param {object} page
     * @param {string|null} page.before where the page before ended
     * @param {string[]|null} page.kinds the only kinds of entries that are asked for
     * @returns {Promise<{entries: object[], next: string|null, kinds: object[]|undefined}>}
     */
    timeline({ before, kinds }) {
        return this.request("timeline", { before, kinds }, { attempts: 3 });
    }

    /** @returns {Promise<object>} how things stand until the vet comes, see `waitingSentence` */
    waiting() {
        return this.request("waiting");
    }

    /**
     * @param {object} result of `checkDevices`
     * @returns {Promise<{state: string}>}
     */
    deviceCheck(result) {
        return this.request("device_check", { result }, { attempts: 3 });
    }

    /**
     * @param {"invite"|"send"|"remove"} action
     * @param {object} values {name, kind, email, send} of whom to invite, else {guest_id}
     * @returns {Promise<{guests: object[]}>}
     */
    changeGuests(action, values) {
        return this.request("guest", { action, ...values });
    }

    /** @returns {Promise<object>} what the player needs to play a recording */
    recording(recordingId) {
        return this.request("recording", { recording_id: recordingId }, { attempts: 2 });
    }
}
