import { _t } from "@web/core/l10n/translation";

const KB = 1024;
const MB = KB ** 2;
const GB = KB ** 3;

const number = (value, digits) => {
    const options = { maximumFractionDigits: digits, minimumFractionDigits: digits };
    try {
        return new Intl.NumberFormat(document.documentElement.lang || undefined, options).format(value);
    } catch {
        // A page language that is no BCP 47 tag.
        return new Intl.NumberFormat(undefined, options).format(value);
    }
};

/**
 * @param {number} bytes
 * @returns {string} such as "12.4 MB"; as the clinic's limit, a MB has 1024² bytes
 */
export function formatSize(bytes) {
    if (bytes >= GB) {
        return _t("%s GB", number(bytes / GB, 1));
    }
    if (bytes >= MB) {
        return _t("%s MB", number(bytes / MB, bytes < 100 * MB ? 1 : 0));
    }
    return _t("%s kB", number(Math.max(bytes && 1, bytes / KB), 0));
}

/** @param {number} speed bytes a second @returns {string} such as "1.2 MB/s" */
export const formatSpeed = (speed) => _t("%s/s", formatSize(speed));

/**
 * @param {number} seconds
 * @returns {string} in steps that a person can trust: nobody knows an upload's end to the second
 */
export function formatTimeLeft(seconds) {
    if (seconds < 10) {
        return _t("a few seconds left");
    }
    if (seconds < 60) {
        return _t("%s seconds left", Math.ceil(seconds / 10) * 10);
    }
    const minutes = Math.ceil(seconds / 60);
    if (minutes < 60) {
        return minutes === 1 ? _t("1 minute left") : _t("%s minutes left", minutes);
    }
    const hours = Math.round(minutes / 30) / 2;
    return hours === 1 ? _t("about an hour left") : _t("about %s hours left", number(hours, hours % 1 ? 1 : 0));
}
