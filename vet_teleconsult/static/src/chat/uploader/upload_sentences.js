import { _t } from "@web/core/l10n/translation";

/**
 * Why a file could not be sent, in words that an owner understands. What the media service says in English is said here in
 * the reader's language; what Odoo says is in that language already.
 *
 * @param {{code: string, sentence?: string, nextStep?: string}} error an `UploadError` or an `ApiError`
 * @returns {string}
 */
export function uploadSentence({ code, sentence, nextStep }) {
    const known = {
        too_large: _t("This file is larger than the clinic accepts."),
        too_many_pixels: _t("This picture is too large to be shown. Send a smaller one."),
        wrong_type: _t("Files of this kind cannot be sent here."),
        empty: _t("This file is empty."),
        not_what_it_says: _t("This file is not what its name says. Send the original, as your camera saved it."),
        dangerous: _t("Files that can run programs cannot be sent here."),
        damaged: _t("This file is damaged or incomplete. Please check whether it opens on your device."),
        disk_full: _t("The clinic's media service has no room left. Please try again later, or call the clinic."),
        no_space: _t("The clinic's media service has no room left. Please try again later, or call the clinic."),
        gone: _t("The clinic's media service no longer waits for this file. Please send it again."),
        expired: _t("The permission to send this file has expired. Please send it again."),
        session_expired: _t("You are no longer signed in. Sign in again and reload this page; the upload goes on."),
        unreadable: _t("This file can no longer be read: it was changed, moved or deleted. Choose it again."),
        timeout: _t("The clinic's media service took too long to look at this file."),
        internal: _t("The clinic's media service could not process this file."),
    };
    const own = [sentence, nextStep].filter(Boolean).join(" ");
    return known[code] || own || _t("This file could not be sent. Please try again.");
}

/** Trying the same file again cannot help. */
const FINAL = new Set([
    "too_large",
    "too_many_pixels",
    "wrong_type",
    "empty",
    "not_what_it_says",
    "dangerous",
    "damaged",
    "invalid",
]);

/** @param {string} code @returns {boolean} */
export const isFinal = (code) => FINAL.has(code);
