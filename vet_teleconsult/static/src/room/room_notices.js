import { _t } from "@web/core/l10n/translation";
import { deviceSentence, recordingSentence, refusalSentence } from "./sentences";
import { waitingSentence } from "./waiting/waiting_sentences";

/**
 * What the room has to say at this moment, most urgent first.
 *
 * @param {object} facts
 * @param {object} facts.call see `makeCallState`
 * @param {string} facts.connection word of `connectionState`
 * @param {object} facts.wanted devices that the person has turned on
 * @param {Function|null} facts.playSound plays the sound that the browser holds back
 * @param {Function} facts.stopSharing
 * @param {boolean} facts.shareFailed whether the screen could not be shared when that was last tried
 * @param {(id: string) => string} facts.nameOf
 * @param {object|null} facts.waiting how things stand until the vet comes; null for vets
 * @param {object} [facts.clinic]
 * @returns {{id: string, level: string, text: string, label?: string, hook?: string, action?: Function}[]}
 */
export function roomNotices(facts) {
    return [
        soundNotice(facts),
        ...deviceNotices(facts),
        serverNotice(facts),
        vetNotice(facts),
        qualityNotice(facts),
        ...recordingNotices(facts),
        shareNotice(facts),
        shareProblemNotice(facts),
    ].filter(Boolean);
}

function soundNotice({ playSound }) {
    return (
        playSound && {
            id: "sound",
            level: "warning",
            text: _t("Your browser waits for a tap before it plays sound."),
            label: _t("Turn on the sound"),
            hook: "play-sound",
            action: playSound,
        }
    );
}

function deviceNotices({ call, wanted }) {
    return ["microphone", "camera"]
        .filter((kind) => wanted[kind] && call.local.problems[kind])
        .map((kind) => ({ id: kind, level: "warning", text: deviceSentence(kind, call.local.problems[kind]) }));
}

function serverNotice({ call, connection }) {
    if (call.signaling === "open" || call.ended || (call.signaling === "connecting" && !call.self)) {
        return null;
    }
    const talking = connection === "connected" || connection === "poor";
    return {
        id: "signaling",
        level: talking ? "info" : "warning",
        text: talking
            ? _t("The clinic's video service is being reconnected. Your call goes on.")
            : _t("The clinic's video service cannot be reached. We keep trying; please stay on this page."),
    };
}

/** Among others one waits for the vet, too: the stage then shows these others. */
function vetNotice({ call, waiting, clinic }) {
    if (!waiting || !call.others.length || call.others.some(({ role }) => role === "vet")) {
        return null;
    }
    const { title, text } = waitingSentence(waiting, {
        now: new Date(Date.now() + call.clockOffset),
        clinic: clinic?.name || "",
        joined: true,
    });
    return { id: "vet", level: "info", text: `${title}. ${text}` };
}

function qualityNotice({ connection }) {
    if (connection !== "poor") {
        return null;
    }
    return {
        id: "quality",
        level: "warning",
        text: _t(
            "The connection is poor: the picture is reduced so that you keep hearing each other. Moving closer to your router or turning the camera off helps."
        ),
    };
}

function recordingNotices({ call, nameOf }) {
    const notices = [];
    const sentence = recordingSentence(call.recording, nameOf, call.self?.id);
    if (sentence && !call.consentAsked) {
        notices.push({ id: `recording-${call.recording.state}`, ...sentence });
    }
    const refusal = refusalSentence(call.refusal);
    if (refusal) {
        notices.push({ id: "refusal", level: "warning", text: refusal });
    }
    if (call.recordingProblem && call.recording.state === "recording" && call.signaling === "open") {
        notices.push({
            id: "recording-problem",
            level: "warning",
            text: [
                _t("Your part of the recording was interrupted and is being resumed."),
                call.recordingProblem.message,
            ]
                .filter(Boolean)
                .join(" "),
        });
    }
    return notices;
}

function shareNotice({ call, stopSharing }) {
    return (
        call.local.screen && {
            id: "sharing",
            level: "info",
            text: _t("You are sharing your screen."),
            label: _t("Stop sharing"),
            hook: "stop-sharing",
            action: stopSharing,
        }
    );
}

function shareProblemNotice({ shareFailed }) {
    return (
        shareFailed && {
            id: "share-problem",
            level: "warning",
            text: _t(
                "Your screen could not be shared. Try again with another window or tab. On a Mac, first allow your browser to record the screen in System Settings, Privacy & Security."
            ),
        }
    );
}
