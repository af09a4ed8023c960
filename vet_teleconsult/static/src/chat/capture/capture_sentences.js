import { _t } from "@web/core/l10n/translation";
import { inAppBrowser } from "../../room/rtc/environment";
import { permissionHelp, recommendedBrowser } from "../../room/sentences";

/**
 * Why nothing can be recorded here, and what to do about it.
 *
 * @param {"camera"|"microphone"|"screen"} what
 * @param {string} code of `deviceErrorCode`, or `unsupported`, `insecure`
 * @returns {string}
 */
export function captureSentence(what, code) {
    const app = inAppBrowser();
    if (app && code !== "denied" && code !== "in-use") {
        return _t(
            "%(app)s has opened this page in a browser of its own, which cannot record. Open it in %(browser)s, or film with your phone's camera.",
            { app, browser: recommendedBrowser() }
        );
    }
    if (code === "insecure") {
        return _t(
            "Browsers record only on secure pages. Open the link exactly as you received it: it begins with https://."
        );
    }
    if (code === "unsupported") {
        return _t(
            "This browser cannot record. Film with your device's camera and send the video, or use another browser."
        );
    }
    return { camera: cameraSentence, microphone: microphoneSentence, screen: screenSentence }[what](code);
}

function cameraSentence(code) {
    switch (code) {
        case "denied":
            return `${_t("Camera and microphone are blocked for this page.")} ${permissionHelp()}`;
        case "not-found":
            return _t("No camera was found. Connect one, or send a video that you have taken with another device.");
        case "in-use":
            return _t("The camera is in use by another program or a phone call. Close that, then try again.");
        default:
            return _t("The camera could not be started. Try again, or film with your device's own camera.");
    }
}

function microphoneSentence(code) {
    switch (code) {
        case "denied":
            return `${_t("Your microphone is blocked for this page.")} ${permissionHelp()}`;
        case "not-found":
            return _t("No microphone was found. Connect one, then try again.");
        case "in-use":
            return _t("The microphone is in use by another program or a phone call. Close that, then try again.");
        default:
            return _t("The microphone could not be started. Please try again.");
    }
}

function screenSentence(code) {
    return code === "denied"
        ? _t("The browser may not see the screen. Allow it in the system's privacy settings, then try again.")
        : _t("The screen could not be recorded. Please try again.");
}

/**
 * @param {"time"|"size"|"interrupted"|"failed"|"stopped"} reason why a recording ended
 * @returns {string|null} what to say about it
 */
export function endSentence(reason) {
    const known = {
        time: _t("The longest possible recording is reached. It has been stopped and is complete."),
        size: _t("The largest file that can be sent is reached. The recording has been stopped and is complete."),
        interrupted: _t(
            "The recording was stopped because a phone call or another program took the camera or the microphone. What was recorded until then is kept."
        ),
        failed: _t("The browser stopped the recording. What was recorded until then is kept."),
    };
    return known[reason] || null;
}
