/**
 * Web Locks: several tabs of a browser never work on the same thing. A browser without them (Safari before 15.4, insecure
 * pages) works without.
 */

const locks = () => globalThis.navigator?.locks || null;

/**
 * Do something while nobody else does.
 *
 * @param {string} name
 * @param {object} options
 * @param {AbortSignal} [options.signal] ends the waiting for one's turn, not the work
 * @param {boolean} [options.steal] take it from whoever has it now
 * @param {() => Promise<void>} work
 * @returns {Promise<void>}
 * @throws {DOMException} `AbortError` when the waiting was ended, or when another tab took it
 */
export async function hold(name, { signal, steal = false }, work) {
    if (locks()) {
        await locks().request(name, steal ? { steal } : { signal }, work);
    } else {
        await work();
    }
}

/**
 * @param {string} name
 * @returns {Promise<boolean>} whether somebody is at it now
 */
export async function isHeld(name) {
    return locks() ? locks().request(name, { ifAvailable: true }, (lock) => lock === null) : false;
}
