import { Component, markup } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { formatDate, formatDuration, formatTime } from "../../core/times";

/**
 * The foot of the vet's room: this consultation's recordings, and what was noted and recorded in the patient's and the
 * owner's earlier ones.
 */
export class History extends Component {
    static template = "vet_teleconsult.History";
    static components = { Icon };
    static props = {
        recordings: Array,
        history: Array,
        onAddNote: Function,
        onView: { type: Function, optional: true },
    };

    setup() {
        this.formatDate = formatDate;
    }

    /** Odoo sanitizes the note when it is written. */
    note(item) {
        return markup(item.note || "");
    }

    label(recording) {
        const date = `${formatDate(recording.started_at)}, ${formatTime(recording.started_at)}`;
        const duration = recording.duration ? ` · ${formatDuration(recording.duration)}` : "";
        return _t("Recording of %s", date) + duration;
    }

    stateLabel(recording) {
        return {
            recording: _t("Recording now"),
            processing: _t("Being prepared"),
            ready: _t("Ready"),
            failed: _t("Failed"),
        }[recording.state];
    }
}
