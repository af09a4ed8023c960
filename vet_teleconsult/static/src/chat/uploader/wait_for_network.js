import { aborted } from "./http_request";

/**
 * Wait before the next attempt; a network that comes back, or a phone that wakes up, ends the wait at once.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 * @throws {DOMException} `AbortError`
 */
export function waitForNetwork(milliseconds, signal) {
    return new Promise((resolve, reject) => {
        const listening = new AbortController();
        const stop = () => {
            clearTimeout(timer);
            listening.abort();
        };
        const wake = () => {
            stop();
            resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        const options = { signal: listening.signal };
        window.addEventListener("online", wake, options);
        window.addEventListener("pageshow", wake, options);
        document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake(), options);
        const abort = () => {
            stop();
            reject(aborted());
        };
        if (signal?.aborted) {
            abort();
        }
        signal?.addEventListener("abort", abort, options);
    });
}
