import { _t } from "@web/core/l10n/translation";

/**
 * What to say about a failed request, and what a person can do about it.
 *
 * @param {import("../core/json_api").ApiError} error
 * @param {string} [fallback] what could not be done
 * @returns {{code: string, text: string, nextStep: string}}
 */
export function problemOf(error, fallback = "") {
    const { code } = error;
    if (error.sentence) {
        return { code, text: error.sentence, nextStep: error.nextStep };
    }
    if (code === "session_expired") {
        return { code, text: _t("You have been logged out."), nextStep: _t("Reload the page and log in again.") };
    }
    if (fallback) {
        return { code, text: fallback, nextStep: _t("Check your connection and try again.") };
    }
    return {
        code,
        text: _t("The clinic cannot be reached at the moment."),
        nextStep: _t("Check your connection. We keep trying; nothing that you wrote is lost."),
    };
}

/** @returns {string} what kind of file it is, for a sentence or a preview */
export function kindLabel(kind) {
    return {
        video: _t("Video"),
        photo: _t("Photo"),
        still: _t("Still"),
        audio: _t("Sound recording"),
        document: _t("Document"),
    }[kind];
}

/** @returns {string} what a screen reader says when a message comes in */
export function announcement({ author, body, media, document }) {
    const files = media.map(({ kind, name }) => kindLabel(kind) || name);
    return _t("%(author)s: %(message)s", {
        author,
        message: [body, document?.title, ...files].filter(Boolean).join(", "),
    });
}

/** @returns {string} who is writing at this moment; empty for nobody */
export function typingSentence(typing) {
    if (!typing.length) {
        return "";
    }
    return typing.length === 1
        ? _t("%s is writing…", typing[0].name)
        : _t("%s are writing…", typing.map(({ name }) => name).join(", "));
}
