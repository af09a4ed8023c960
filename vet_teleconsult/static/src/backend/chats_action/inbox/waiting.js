import { _t } from "@web/core/l10n/translation";
import { formatTime, formatDate, parseDate } from "../../../core/times";

const MINUTE = 60 * 1000;

/** @returns {string} such as "3 min", "2 h" or "4 d" */
function formatSpan(milliseconds, round = Math.floor) {
    const minutes = Math.max(0, round(milliseconds / MINUTE));
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? _t("%s h", hours) : _t("%s d", Math.floor(hours / 24));
}

/**
 * How long an owner has waited for an answer, and by when one is due.
 *
 * @param {{waiting_since: string|null, reply_due_at: string|null, overdue: boolean}} chat
 * @param {number} now milliseconds
 * @returns {{text: string, level: "waiting"|"soon"|"overdue"}|null} null when nobody waits
 */
export function waitingOf({ waiting_since: since, reply_due_at: due, overdue }, now) {
    if (!since) {
        return null;
    }
    const waited = formatSpan(now - parseDate(since));
    const left = due ? parseDate(due) - now : null;
    if (overdue || (left !== null && left <= 0)) {
        return { text: _t("Overdue · waiting %s", waited), level: "overdue" };
    }
    if (left === null) {
        return { text: _t("Waiting %s", waited), level: "waiting" };
    }
    const level = left < 60 * MINUTE ? "soon" : "waiting";
    return { text: _t("Waiting %(waited)s · due in %(left)s", { waited, left: formatSpan(left, Math.ceil) }), level };
}

/** @returns {string} the time of a message of today, else its date */
export function shortDate(value, now) {
    const date = parseDate(value);
    if (!date) {
        return "";
    }
    return date.toDateString() === new Date(now).toDateString() ? formatTime(date) : formatDate(date);
}
