/** How long a relay may take to give an address, ms: behind slow networks it answers in two or three seconds. */
const RELAY_PATIENCE = 8000;

const hasRelay = (iceServers) => iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url || "")));

/**
 * Whether the relay (TURN, RFC 8656) lets this browser in: it has to give an address. No packet goes to anybody else.
 *
 * @param {RTCIceServer[]} iceServers with credentials
 * @param {object} [options]
 * @param {number} [options.patience] milliseconds
 * @param {typeof RTCPeerConnection} [options.RTCPeerConnection]
 * @returns {Promise<"relay"|"no-relay"|"direct">} "direct": there is no relay to ask
 */
export async function checkNetwork(
    iceServers,
    { patience = RELAY_PATIENCE, RTCPeerConnection = globalThis.RTCPeerConnection } = {}
) {
    if (!hasRelay(iceServers)) {
        return "direct";
    }
    const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
    let timer = null;
    try {
        const answer = new Promise((resolve) => {
            connection.onicecandidate = ({ candidate }) => {
                if (!candidate) {
                    resolve("no-relay");
                } else if (/ typ relay /.test(candidate.candidate)) {
                    resolve("relay");
                }
            };
            timer = setTimeout(() => resolve("no-relay"), patience);
        });
        connection.createDataChannel("check");
        await connection.setLocalDescription(await connection.createOffer());
        return await answer;
    } catch {
        return "no-relay";
    } finally {
        clearTimeout(timer);
        connection.close();
    }
}

/**
 * Whether the clinic's video service can be reached from here; what it says is no page's business.
 *
 * @param {string} url of the service
 * @param {typeof fetch} [fetch]
 * @returns {Promise<"ok"|"failed">}
 */
export async function checkService(url, fetch = (...args) => globalThis.fetch(...args)) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), RELAY_PATIENCE);
    try {
        await fetch(`${url.replace(/\/$/, "")}/health`, { mode: "no-cors", cache: "no-store", signal: abort.signal });
        return "ok";
    } catch {
        return "failed";
    } finally {
        clearTimeout(timer);
    }
}
