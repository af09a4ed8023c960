/**
 * Keep the screen of a phone on during a call, where the browser can; the system takes the lock away whenever the page
 * is hidden, so it is asked for again.
 *
 * @returns {() => void} lets the screen sleep again
 */
export function keepAwake() {
    let lock = null;
    let released = false;
    const request = async () => {
        if (released || document.visibilityState === "hidden") {
            return;
        }
        try {
            lock = await navigator.wakeLock?.request("screen");
            if (released) {
                lock?.release();
            }
        } catch {
            // Low battery: the system decides.
        }
    };
    document.addEventListener("visibilitychange", request);
    request();
    return () => {
        released = true;
        document.removeEventListener("visibilitychange", request);
        lock?.release().catch(() => {});
    };
}
