import { Backoff } from "./backoff";

/** Codes of failures that say nothing about the request itself: trying again later may work. */
const TRANSIENT = new Set(["offline", "timeout", "server"]);

/**
 * A request to Odoo that did not succeed.
 *
 * `code` is one of the server's own (`link_expired`, `link_revoked`, `cancelled`, `finished`, `no_sidecar`,
 * `access_denied`, `chat_locked`, `invalid`) or ours: `offline` (no answer), `timeout`, `server` (an
 * unexpected failure of Odoo), `session_expired`.
 */
export class ApiError extends Error {
    /**
     * @param {string} code
     * @param {string} [message] a sentence for a person; empty for our own codes
     * @param {string} [nextStep] what that person can do
     */
    constructor(code, message = "", nextStep = "") {
        super(message || code);
        this.name = "ApiError";
        this.code = code;
        this.sentence = message;
        this.nextStep = nextStep;
    }

    /** Whether the same request may succeed later. */
    get transient() {
        return TRANSIENT.has(this.code);
    }
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Odoo's JSON-RPC routes of one room (`/vet_teleconsult/room/...`).
 */
export class RoomApi {
    /**
     * @param {object} options
     * @param {number} options.consultationId
     * @param {string} [options.accessToken] the owner's room token; a vet has a session instead
     * @param {typeof fetch} [options.fetch]
     * @param {number} [options.timeout] milliseconds until a request counts as lost
     */
    constructor({ consultationId, accessToken = null, fetch = null, timeout = 15000 }) {
        this.consultationId = consultationId;
        this.accessToken = accessToken;
        this.timeout = timeout;
        this.fetch = fetch || ((...args) => globalThis.fetch(...args));
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
     * Post a text message. The same `clientKey` never makes a second message.
     *
     * @param {string} body
     * @param {string} clientKey
     * @returns {Promise<object>} the message
     */
    sendMessage(body, clientKey) {
        return this.request("message", { body, client_key: clientKey });
    }

    /** @returns {Promise<object[]>} the messages after the one given, oldest first */
    messagesAfter(messageId) {
        return this.request("messages", { after_id: messageId });
    }

    /** @returns {Promise<{note: string}>} */
    saveNote(note) {
        return this.request("note", { note }, { attempts: 2 });
    }

    /** @returns {Promise<object>} what only the vet sees: note, history, recordings, claim */
    workspace() {
        return this.request("workspace");
    }

    /** @returns {Promise<object>} what the player needs to play a recording */
    recording(recordingId) {
        return this.request("recording", { recording_id: recordingId }, { attempts: 2 });
    }

    /**
     * @param {string} route last part of the route
     * @param {object} [params]
     * @param {object} [options]
     * @param {number} [options.attempts] how often to try while the failure is transient; only for
     *   requests that do no harm when repeated
     */
    async request(route, params = {}, { attempts = 1 } = {}) {
        const backoff = new Backoff({ first: 700, longest: 4000 });
        for (let attempt = 1; ; attempt++) {
            try {
                return await this._post(`/vet_teleconsult/room/${route}`, params);
            } catch (error) {
                if (!(error instanceof ApiError) || !error.transient || attempt >= attempts) {
                    throw error;
                }
                await wait(backoff.next());
            }
        }
    }

    async _post(url, params) {
        const values = { consultation_id: this.consultationId, ...params };
        if (this.accessToken) {
            values.access_token = this.accessToken;
        }
        const abort = new AbortController();
        const timer = setTimeout(() => abort.abort(), this.timeout);
        try {
            const response = await this.fetch(url, {
                method: "POST",
                credentials: "same-origin",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params: values }),
                signal: abort.signal,
            });
            if (!response.ok) {
                throw new ApiError("server");
            }
            return this._read(await response.json());
        } catch (error) {
            if (error instanceof ApiError) {
                throw error;
            }
            if (abort.signal.aborted) {
                throw new ApiError("timeout");
            }
            // A SyntaxError is an answer that is no JSON: a proxy's error page.
            throw new ApiError(error instanceof SyntaxError ? "server" : "offline");
        } finally {
            clearTimeout(timer);
        }
    }

    _read(answer) {
        if (answer.error) {
            // 100 is Odoo's code of an expired session.
            throw new ApiError(answer.error.code === 100 ? "session_expired" : "server");
        }
        const refusal = answer.result?.error;
        if (refusal) {
            throw new ApiError(refusal.code, refusal.message, refusal.next_step);
        }
        return answer.result;
    }
}
