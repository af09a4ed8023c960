import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { formatDateTime, formatDuration } from "../../core/times";
import { formatSize, formatSpeed, formatTimeLeft } from "./sizes";

/** A small file is there before anybody has read that they may close the page. */
const WORTH_A_HINT = 5 * 1024 ** 2;
const ACTIVE = new Set(["queued", "uploading", "waiting"]);
const ICONS = { video: "film", photo: "photo", audio: "microphone", document: "document" };

/**
 * What is being sent: each file with its progress and its buttons. A screen reader hears of every quarter and of every
 * end, not of every percent.
 */
export class UploadTray extends Component {
    static template = "vet_teleconsult.UploadTray";
    static components = { Icon };
    static props = { queue: Object };

    setup() {
        this.uploads = useState(this.props.queue.state);
        this.state = useState({ announcement: "" });
        /** @type {Map<string, string>} what was said of each item last */
        this.said = new Map();
        useEffect(
            () => this.announce(),
            () => [this.uploads.items.map((item) => `${item.id} ${this.milestone(item)}`).join()]
        );
    }

    get items() {
        return this.uploads.items;
    }

    get recordings() {
        return this.uploads.recordings;
    }

    // ------------------------------------------------------------- what is said

    percent({ sent, size }) {
        return size ? Math.min(100, Math.floor((sent / size) * 100)) : 0;
    }

    /** How far the other tab is, this one does not know. */
    hasBar({ status, elsewhere }) {
        return !elsewhere && !["failed", "done"].includes(status);
    }

    /** Whether somebody has to decide something: the row needs room for a sentence and a button with a word on it. */
    asks(item) {
        return item.elsewhere || this.can(item, "retry") || this.can(item, "choose");
    }

    icon({ kind }) {
        return ICONS[kind] || "document";
    }

    status(item) {
        const { status, sent, size, speed, secondsLeft } = item;
        switch (status) {
            case "queued":
                return sent ? _t("Going on in a moment…") : _t("Waiting for its turn · %s", formatSize(size));
            case "uploading": {
                const parts = [_t("%(sent)s of %(size)s", { sent: formatSize(sent), size: formatSize(size) })];
                if (speed) {
                    parts.push(formatSpeed(speed), formatTimeLeft(secondsLeft));
                }
                return parts.join(" · ");
            }
            case "waiting":
                return _t("No connection at the moment. It goes on by itself.");
            case "paused":
                return item.elsewhere
                    ? _t("This upload is open in another tab of this browser.")
                    : _t("Paused at %s %%", this.percent(item));
            case "checking":
                return _t("Sent. It is being checked…");
            case "done":
                return _t("Sent");
            case "needs-file":
                return (
                    item.problem ||
                    _t(
                        "It stopped before it was complete. Choose the same file again, and it goes on where it stopped."
                    )
                );
            default:
                return item.problem;
        }
    }

    recordingSummary({ startedAt, seconds, size }) {
        return [formatDateTime(new Date(startedAt)), formatDuration(seconds), formatSize(size)].join(" · ");
    }

    /** What outlives the page, where that is worth knowing. */
    get hint() {
        const active = this.items.filter(({ status, size }) => ACTIVE.has(status) && size > WORTH_A_HINT);
        if (!active.length || active.some(({ kept }) => kept === null)) {
            return null;
        }
        return active.every(({ kept }) => kept === "file")
            ? _t("You may close this page: sending goes on when you open it again.")
            : _t("Please keep this page open until everything is sent.");
    }

    // -------------------------------------------------------------- screen readers

    milestone(item) {
        const quarter = Math.floor(this.percent(item) / 25) * 25;
        return item.status === "uploading" && quarter ? String(quarter) : item.status;
    }

    announce() {
        const news = this.items.filter((item) => {
            const milestone = this.milestone(item);
            const isNew = this.said.get(item.id) !== milestone && !["queued", "checking"].includes(milestone);
            this.said.set(item.id, milestone);
            return isNew;
        });
        if (news.length) {
            this.state.announcement = news.map((item) => this.sentence(item)).join(" ");
        }
    }

    sentence(item) {
        if (item.status !== "uploading") {
            return `${item.name}: ${this.status(item)}`;
        }
        const percent = this.milestone(item);
        return percent === "uploading"
            ? _t("%s is being sent.", item.name)
            : _t("%(name)s: %(percent)s percent sent.", { name: item.name, percent });
    }

    // ------------------------------------------------------------------ hands

    can(item, action) {
        const actions = {
            pause: ["queued", "uploading", "waiting"],
            resume: ["paused"],
            retry: item.retryable ? ["failed"] : [],
            choose: ["needs-file"],
            cancel: item.elsewhere ? [] : ["queued", "uploading", "waiting", "paused", "needs-file"],
            dismiss: ["failed", "done"],
        };
        return actions[action].includes(item.status);
    }

    /** @returns {string} what a button without a word on it does, for those who do not see its row */
    label({ name }, action) {
        const labels = {
            resume: _t("Go on sending %s", name),
            pause: _t("Pause %s", name),
            cancel: _t("Do not send %s", name),
            dismiss: _t("Put %s away", name),
        };
        return labels[action];
    }

    onChosen(event, item) {
        const [file] = event.target.files;
        if (file) {
            this.props.queue.chooseAgain(item.id, file);
        }
        event.target.value = "";
    }

    /** A picture that this browser cannot draw: the icon behind it shows. */
    hidePreview(event) {
        event.target.hidden = true;
    }
}
