import { _t } from "@web/core/l10n/translation";
import { formatDateTime, formatTime, parseDate } from "../../core/times";

/** Nobody calls a vet late who comes within a minute or two. */
const PATIENCE_MINUTES = 2;

/**
 * What an owner is told until the vet comes.
 *
 * @param {object} status of the route `waiting`: {state, scheduled_at, place, vet, vet_here, vet_busy}
 * @param {object} circumstances
 * @param {Date} circumstances.now on the clinic's clock
 * @param {string} circumstances.clinic its name
 * @param {boolean} circumstances.joined whether they are in the room already
 * @returns {{state: string, title: string, text: string}} `state`: "here" | "next" | "line" | "busy" | "expected" |
 *   "late" | "soon"
 */
export function waitingSentence(status, { now, clinic, joined }) {
    const vet = status.vet?.name || _t("The vet");
    const stay = joined
        ? _t("The clinic sees that you are here. Please stay on this page.")
        : _t("Please join: then the clinic sees that you are here.");
    if (status.vet_here) {
        return {
            state: "here",
            title: _t("%s is here", status.vet?.name || clinic),
            text: joined ? _t("You are being connected.") : _t("Please join now."),
        };
    }
    if (status.place !== null && status.place !== undefined) {
        return { ...placeSentence(status.place), text: stay };
    }
    const { minutes, appointment } = lateness(status.scheduled_at, now);
    if (status.vet_busy) {
        const text =
            minutes >= PATIENCE_MINUTES ? lateSentence(appointment, minutes) : _t("It is your turn after that.");
        return { state: "busy", title: _t("%s is with another patient", vet), text: `${text} ${stay}` };
    }
    if (minutes >= PATIENCE_MINUTES) {
        return { state: "late", title: _t("%s is late", vet), text: `${lateSentence(appointment, minutes)} ${stay}` };
    }
    if (minutes <= -1) {
        return {
            state: "expected",
            title: _t("You are expected at %s", appointment),
            text: joined
                ? _t("%s appears here by themselves; please stay on this page.", vet)
                : _t("You may join already."),
        };
    }
    return { state: "soon", title: _t("%s comes in a moment", vet), text: stay };
}

function placeSentence(place) {
    if (!place) {
        return { state: "next", title: _t("You are next") };
    }
    return {
        state: "line",
        title: place === 1 ? _t("One owner is before you") : _t("%s owners are before you", place),
    };
}

function lateness(scheduledAt, now) {
    const start = parseDate(scheduledAt);
    if (!start) {
        return { minutes: 0, appointment: "" };
    }
    const isToday = start.toDateString() === now.toDateString();
    return {
        minutes: Math.floor((now - start) / 60000),
        appointment: isToday ? formatTime(start) : formatDateTime(start),
    };
}

function lateSentence(appointment, minutes) {
    return minutes < 60
        ? _t("Your appointment was at %(time)s, %(minutes)s minutes ago.", { time: appointment, minutes })
        : _t("Your appointment was at %s.", appointment);
}
