/**
 * @param {string|Date|null} value ISO 8601 in UTC; Odoo's `YYYY-MM-DD HH:MM:SS` is accepted, too
 * @returns {Date|null}
 */
export function parseDate(value) {
    if (!value || value instanceof Date) {
        return value || null;
    }
    const iso = /[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(" ", "T")}Z`;
    const date = new Date(iso.length === 11 ? value : iso);
    return Number.isNaN(date.getTime()) ? null : date;
}

const locale = () => document.documentElement.lang || undefined;

const format = (value, options) => {
    const date = parseDate(value);
    if (!date) {
        return "";
    }
    try {
        return new Intl.DateTimeFormat(locale(), options).format(date);
    } catch {
        // A page language that is no BCP 47 tag.
        return new Intl.DateTimeFormat(undefined, options).format(date);
    }
};

/** @returns {string} hour and minute in the reader's time zone */
export const formatTime = (value) => format(value, { hour: "2-digit", minute: "2-digit" });

/** @returns {string} such as "12 May 2026" */
export const formatDate = (value) => format(value, { day: "numeric", month: "short", year: "numeric" });

/** @returns {string} such as "12 May 2026, 14:05" */
export const formatDateTime = (value) =>
    format(value, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

/**
 * @param {number} seconds
 * @returns {string} `mm:ss`, or `h:mm:ss` from an hour on
 */
export function formatDuration(seconds) {
    const whole = Math.max(0, Math.floor(seconds || 0));
    const two = (value) => String(value).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
}

/**
 * @param {string|Date} value
 * @param {Date} [now]
 * @returns {string} such as "Tuesday, 12 May"; with the year where it is not this one
 */
export function formatDay(value, now = new Date()) {
    const thisYear = parseDate(value)?.getFullYear() === now.getFullYear();
    return format(value, { weekday: "long", day: "numeric", month: "long", ...(thisYear ? {} : { year: "numeric" }) });
}
