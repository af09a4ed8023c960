import { browserName } from "../rtc/environment";
import { checkNetwork, checkService } from "../rtc/network_check";

/** What Odoo has a word for; anything else a browser says about a device is a failure. */
const DEVICE_RESULTS = new Set(["denied", "not-found", "in-use"]);

/**
 * What camera, microphone, speaker and network of this person can do.
 *
 * @param {object} options
 * @param {import("../rtc/devices").Devices} options.devices opened already
 * @param {object} options.bootstrap Odoo's answer to `join`
 * @returns {Promise<{camera: string, microphone: string, speaker: string, network: string, service: string}>}
 */
export async function checkDevices({ devices, bootstrap }) {
    const [network, service] = await Promise.all([
        checkNetwork(bootstrap.ice_servers || []),
        checkService(bootstrap.sidecar.url),
    ]);
    return {
        camera: deviceResult(devices.problems.camera),
        microphone: deviceResult(devices.problems.microphone),
        speaker: speakerResult(devices.lists.speakers, devices.problems.microphone),
        network,
        service,
    };
}

function deviceResult(problem) {
    if (!problem) {
        return "ok";
    }
    return DEVICE_RESULTS.has(problem) ? problem : "failed";
}

/**
 * Browsers other than Chrome and its kin do not tell which speakers there are, and Chrome tells only whom it lets use
 * the microphone.
 */
function speakerResult(speakers, microphoneProblem) {
    if (speakers.length) {
        return "ok";
    }
    return ["chrome", "edge"].includes(browserName()) && microphoneProblem !== "denied" ? "not-found" : "unknown";
}
