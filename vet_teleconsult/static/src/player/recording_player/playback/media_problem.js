import { _t } from "@web/core/l10n/translation";

/**
 * Why a file does not load, which a media element does not tell: ask for its first byte.
 *
 * @param {string} url
 * @param {MediaError|null} mediaError
 * @returns {Promise<{code: "unreachable"|"expired"|"missing"|"refused"|"unsupported"|"server", message: string}>}
 */
export async function diagnose(url, mediaError) {
    let response;
    try {
        response = await fetch(url, {
            headers: { Range: "bytes=0-0" },
            credentials: "same-origin",
            signal: AbortSignal.timeout?.(10000),
        });
    } catch {
        return {
            code: "unreachable",
            message: _t("The media service cannot be reached. Check your connection, then try again."),
        };
    }
    if (response.status === 401 || response.status === 403) {
        return {
            code: "expired",
            message: _t("The address of this file has expired. Try again; if that does not help, reload the page."),
        };
    }
    if (response.status === 404 || response.status === 410) {
        return { code: "missing", message: _t("This file is no longer in the media store.") };
    }
    if (response.status === 409) {
        return { code: "refused", message: await response.text() };
    }
    if (response.ok && mediaError?.code >= 3) {
        return {
            code: "unsupported",
            message: _t("Your browser cannot play this file. Download it, or use a current Chrome, Edge or Firefox."),
        };
    }
    return { code: "server", message: _t("The media service has a problem with this file. Try again in a minute.") };
}
