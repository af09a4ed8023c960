import { Backoff } from "./backoff";

/** Codes of failures that say nothing about the request itself: trying again later may work. */
const TRANSIENT = new Set(["offline", "timeout", "server"]);

/**
 * A request to Odoo that did not succeed.
 *
 * `code` is one of the server's own (`link_expired`, `link_revoked`, `cancelled`, `finished`, `no_sidecar`,
 * `access_denied`, `chat_locked`, `invalid`, `too_large`, `wrong_type`, `empty`) or ours: `offline` (no answer),
 * `timeout`, `server` (an unexpected failure of Odoo), `session_expired`.
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

/** JSON-RPC routes of Odoo under one prefix. */
export class JsonApi {
    /**
     * @param {object} options
     * @param {string} options.prefix what the routes' addresses begin with
     * @param {object} options.identity parameters of every request: about what, and who asks
     * @param {typeof fetch} [options.fetch]
     * @param {number} [options.timeout] milliseconds until a request counts as lost
     */
    constructor({ prefix, identity, fetch = null, timeout = 15000 }) {
        this.prefix = prefix;
        this.identity = identity;
        this.timeout = timeout;
        this.fetch = fetch || ((...args) => globalThis.fetch(...args));
    }

    /**
     * @param {string} route last part of the route
     * @param {object} [params]
     * @param {object} [options]
     * @param {number} [options.attempts] how often to try while the failure is transient; only for
     *   requests that do no harm when repeated
     * @param {boolean} [options.keepalive] whether the request outlives the page (Fetch, `keepalive`)
     * @returns {Promise<any>} the route's answer
     * @throws {ApiError}
     */
    async request(route, params = {}, { attempts = 1, keepalive = false } = {}) {
        const backoff = new Backoff({ first: 700, longest: 4000 });
        for (let attempt = 1; ; attempt++) {
            try {
                return await this._post(`${this.prefix}/${route}`, params, keepalive);
            } catch (error) {
                if (!(error instanceof ApiError) || !error.transient || attempt >= attempts) {
                    throw error;
                }
                await wait(backoff.next());
            }
        }
    }

    async _post(url, params, keepalive) {
        const abort = new AbortController();
        const timer = setTimeout(() => abort.abort(), this.timeout);
        try {
            const response = await this.fetch(url, {
                method: "POST",
                credentials: "same-origin",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({
                    jsonrpc: "2.0",
                    method: "call",
                    id: 1,
                    params: { ...this.identity, ...params },
                }),
                signal: abort.signal,
                keepalive,
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
