/** A connection over which nothing has moved for this long is dead, whatever the browser thinks of it. */
const STALL = 30000;
/** Milliseconds for the service to write and answer once everything is sent. */
const ANSWER_PATIENCE = 60000;

/** No answer came: the network or the service is away, and the same request may succeed later. */
export class NetworkFailure extends Error {
    /** @param {"offline"|"stalled"} code */
    constructor(code) {
        super(code);
        this.name = "NetworkFailure";
        this.code = code;
    }
}

/** @returns {DOMException} what `fetch` rejects with when its signal is aborted */
export const aborted = () => new DOMException("The request was taken back.", "AbortError");

/**
 * One HTTP request that tells how much of its body has left: `fetch` cannot (Fetch, "request body progress" is not
 * specified), XMLHttpRequest can.
 *
 * @param {object} request
 * @param {string} request.method
 * @param {string} request.url
 * @param {Record<string, string>} [request.headers]
 * @param {Blob|null} [request.body]
 * @param {AbortSignal} [request.signal]
 * @param {(sent: number) => void} [request.onProgress] bytes of the body that have left
 * @returns {Promise<{status: number, header: (name: string) => string|null, text: string}>} any answer, a refusal too
 * @throws {NetworkFailure}
 * @throws {DOMException} `AbortError` when the signal says so
 */
export function sendRequest({ method, url, headers = {}, body = null, signal, onProgress }) {
    return new Promise((resolve, reject) => {
        if (signal?.aborted) {
            reject(aborted());
            return;
        }
        const request = new XMLHttpRequest();
        let timer;
        let stalled = false;
        const watch = (patience) => {
            clearTimeout(timer);
            timer = setTimeout(() => {
                stalled = true;
                request.abort();
            }, patience);
        };
        const abort = () => request.abort();
        const finish = (settle, value) => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", abort);
            settle(value);
        };
        request.upload.onprogress = ({ loaded }) => {
            watch(STALL);
            onProgress?.(loaded);
        };
        request.upload.onload = () => watch(ANSWER_PATIENCE);
        request.onload = () =>
            finish(resolve, {
                status: request.status,
                header: (name) => request.getResponseHeader(name),
                text: request.responseText,
            });
        request.onerror = () => finish(reject, new NetworkFailure("offline"));
        request.onabort = () => finish(reject, stalled ? new NetworkFailure("stalled") : aborted());
        signal?.addEventListener("abort", abort);
        request.open(method, url);
        for (const [name, value] of Object.entries(headers)) {
            request.setRequestHeader(name, value);
        }
        watch(STALL);
        request.send(body);
    });
}
