import { _t } from "@web/core/l10n/translation";
import { browserName, isAndroid, isIos } from "./rtc/environment";

/**
 * Every failure in words that an owner understands, each with its next step. The keys are the codes of
 * `rtc/environment.js`, `rtc/devices.js`, `core/api.js`, and the reasons of the sidecar's `ended` frame. What Odoo says
 * itself on the page of a link that is no longer good is said here in the same words (`tools/room_error.py`).
 */

/** @returns {string} the browser to open the link in */
export function recommendedBrowser() {
    return isIos() ? "Safari" : "Chrome";
}

/**
 * Why the room cannot be entered.
 *
 * @param {string} code
 * @param {object} [details]
 * @param {string} [details.app] name of the app whose browser this is
 * @param {string} [details.sentence] what Odoo said, in the reader's language
 * @param {string} [details.nextStep] what Odoo advises
 * @returns {{title: string, text: string, action: "copy"|"reload"|"rejoin"|null}}
 */
export function blockedSentence(code, { app, sentence, nextStep } = {}) {
    const browser = recommendedBrowser();
    const known = {
        insecure: {
            title: _t("This page is not secure"),
            text: _t(
                "Browsers allow camera and microphone only on secure pages. Open the link exactly as you received it: it begins with https://."
            ),
            action: "copy",
        },
        "in-app": {
            title: _t("Please open this page in %s", browser),
            text: _t(
                "%(app)s has opened this link in a browser of its own, which cannot make video calls. Copy the link, open %(browser)s and paste it into the address bar.",
                { app, browser }
            ),
            action: "copy",
        },
        unsupported: {
            title: _t("This browser cannot make video calls"),
            text: _t("Please update it, or open the link in the current version of Chrome, Edge, Firefox or Safari."),
            action: "copy",
        },
        link_expired: {
            title: _t("This link has expired"),
            text: [_t("This link has expired."), _t("Ask the clinic for a new link.")].join(" "),
        },
        link_revoked: {
            title: _t("This link is no longer valid"),
            text: [
                _t("The clinic has withdrawn this link."),
                _t("Look for a newer message from the clinic, or ask them for a new link."),
            ].join(" "),
        },
        cancelled: {
            title: _t("This consultation was cancelled"),
            text: [_t("This consultation does not take place."), _t("Call the clinic to find another time.")].join(" "),
        },
        finished: {
            title: _t("This consultation has ended"),
            text: _t("Thank you. If you have another question, please contact the clinic."),
        },
        no_sidecar: {
            title: _t("Video is not available at the moment"),
            text: _t("The clinic's video service is not set up or not reachable. Please call the clinic."),
            action: "reload",
        },
        access_denied: {
            title: _t("You cannot enter this consultation"),
            text: _t("Please use the link that you received, or sign in with the right account."),
        },
        session_expired: {
            title: _t("You are no longer signed in"),
            text: _t("Sign in again and reload this page."),
            action: "reload",
        },
        replaced: {
            title: _t("The consultation is open in another window"),
            text: _t("You joined from another tab or device. Only one can take part at a time."),
            action: "rejoin",
        },
        removed: {
            title: _t("Your visit has ended"),
            text: _t("The vet has ended your part in this consultation. Thank you for joining."),
        },
        origin: {
            title: _t("The clinic's video service does not accept this address"),
            text: _t("Please open the link exactly as you received it, or call the clinic."),
            action: "reload",
        },
        offline: {
            title: _t("The clinic cannot be reached"),
            text: _t("Please check your internet connection, then try again."),
            action: "reload",
        },
        server: {
            title: _t("Something went wrong at the clinic's server"),
            text: _t("Please try again in a moment. If it happens again, call the clinic."),
            action: "reload",
        },
    };
    known.revoked = known.link_revoked;
    known.timeout = known.offline;
    const found = known[code] || known.server;
    const own = [sentence, nextStep].filter(Boolean).join(" ");
    return { action: null, ...found, text: own || found.text };
}

/**
 * Why a device is missing, and what to do about it.
 *
 * @param {"microphone"|"camera"} kind
 * @param {string} code of `deviceErrorCode`
 * @returns {string}
 */
export function deviceSentence(kind, code) {
    const camera = kind === "camera";
    if (code === "denied") {
        const what = camera
            ? _t("Your camera is blocked for this page.")
            : _t("Your microphone is blocked for this page.");
        return `${what} ${permissionHelp()}`;
    }
    if (code === "not-found") {
        return camera
            ? _t("No camera was found. Connect one, or join without it: you will still hear and be heard.")
            : _t("No microphone was found. Connect one, or join and write messages instead.");
    }
    if (code === "in-use") {
        return camera
            ? _t("Your camera is in use by another program. Close that program, then turn the camera on here.")
            : _t("Your microphone is in use by another program. Close that program, then turn the microphone on here.");
    }
    return camera
        ? _t("Your camera could not be started. Turn it on again, or join without it.")
        : _t("Your microphone could not be started. Turn it on again, or join and write messages instead.");
}

/** @returns {string} where this browser hides the permission that was refused */
export function permissionHelp() {
    if (isIos()) {
        return browserName() === "safari"
            ? _t(
                  "Tap “aA” (or the page icon) beside the address, then Website Settings, and choose Allow. Reload the page."
              )
            : _t("Open the iPhone's Settings, choose this browser in the list of apps, and allow it. Reload the page.");
    }
    const help = {
        firefox: _t(
            "Click the crossed-out symbol left of the address, remove the blocked permission, and reload the page."
        ),
        safari: _t("Open Safari's menu, choose Settings for This Website, and allow it. Reload the page."),
        samsung: _t("Tap the lock beside the address, choose Permissions, and allow it. Reload the page."),
    };
    const standard = isAndroid()
        ? _t("Tap the symbol left of the address, choose Permissions, and allow it. Reload the page.")
        : _t("Click the symbol left of the address, set the permission to Allow, and reload the page.");
    return help[browserName()] || standard;
}

/**
 * @param {object} recording of the sidecar
 * @param {(id: string) => string} nameOf name of a participant
 * @param {string} self one's own participant id
 * @returns {{level: string, text: string}|null} what to say about a recording that does not simply run
 */
export function recordingSentence(recording, nameOf, self) {
    const others = (recording.missing || []).filter((id) => id !== self).map(nameOf);
    const refusers = (recording.refused || []).map((id) => (id === self ? _t("You") : nameOf(id)));
    switch (recording.state) {
        case "asking":
            return others.length ? { level: "info", text: _t("Recording starts when %s has agreed.", others) } : null;
        case "recording":
            // A part of it may be missing: the sidecar says which.
            return recording.message ? { level: "warning", text: recording.message } : null;
        case "paused":
            return { level: "info", text: _t("The recording is paused until everyone present has agreed.") };
        case "refused":
            return {
                level: "info",
                text: refusers.length
                    ? _t("The consultation is not recorded: %s did not agree. The call goes on.", refusers)
                    : _t("The consultation is not recorded. The call goes on."),
            };
        case "unavailable":
            return {
                level: "warning",
                text: [_t("Recording is not possible at the moment."), recording.message, _t("The call goes on.")]
                    .filter(Boolean)
                    .join(" "),
            };
        default:
            return null;
    }
}

/**
 * Why the answer to the question about the recording does not count yet, and what to do.
 *
 * @param {{code: string, sentence?: string, nextStep?: string}|null} error
 * @returns {string} empty when there is nothing to say
 */
export function consentSentence(error) {
    if (!error) {
        return "";
    }
    if (error.code.startsWith("consent_")) {
        return _t("Your earlier answer no longer counts. Please answer again.");
    }
    const reason = blockedSentence(error.code, error).text;
    return [_t("Your answer could not be stored, so you are not recorded."), reason].join(" ");
}

/**
 * @param {string|null} code of the room's `error` frame
 * @returns {string|undefined} for the codes that a person can do something about
 */
export function refusalSentence(code) {
    return {
        no_call: _t("Recording can start as soon as the other has joined."),
        not_allowed: _t("Only the veterinarian can start or stop the recording."),
        recording_not_allowed: _t("This type of consultation is not recorded."),
        room_full: _t("This consultation has as many participants as it can hold."),
    }[code];
}
