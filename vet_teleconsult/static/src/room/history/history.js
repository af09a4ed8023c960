import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { formatDate, formatDuration, formatTime } from "../../core/times";
import { Timeline } from "../../timeline/timeline";

/**
 * The foot of the vet's room: this consultation's recordings, and all that came before of the patient and of its owner.
 */
export class History extends Component {
    static template = "vet_teleconsult.History";
    static components = { Icon, Timeline };
    static props = {
        recordings: Array,
        /** {label, tone, problem, url} of what the owner takes home, or null */
        summary: { type: [Object, { value: null }], optional: true },
        /** ({before, kinds}) => Promise: a page of what came before */
        load: Function,
        onAddNote: Function,
        onView: { type: Function, optional: true },
    };

    get empty() {
        return _t("No earlier consultation of this patient or this owner.");
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
