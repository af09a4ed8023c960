import { Component, markup, onMounted, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../core/icon/icon";
import { formatDate, formatDateTime } from "../core/times";

const ICONS = {
    consultation: "camera",
    chat: "chat",
    recording: "film",
    observation: "paw",
    prescription: "document",
    quote: "document",
    invoice: "document",
};
const FILE_ICONS = { video: "film", photo: "photo", still: "snapshot", audio: "microphone" };

/**
 * Everything about a patient, the newest first: notes to unfold, recordings to view, files to open. Further pages and
 * single kinds come when they are asked for.
 *
 * Depends on Owl and the translations only.
 */
export class Timeline extends Component {
    static template = "vet_teleconsult.Timeline";
    static components = { Icon };
    static props = {
        /** ({before, kinds}) => Promise<{entries, next, kinds}> as of `vet.timeline._get_page` */
        load: Function,
        /** What is said where there is nothing. */
        empty: String,
        /** ({model, id}): shows a record; by default it opens in another tab. */
        onOpen: { type: Function, optional: true },
        /** (id): plays a recording. */
        onView: { type: Function, optional: true },
    };

    setup() {
        this.formatDate = formatDate;
        this.formatDateTime = formatDateTime;
        this.asked = 0;
        this.state = useState({
            entries: [],
            next: null,
            /** Of which kinds there is something. */
            kinds: [],
            /** The only kind that is shown, or null. */
            kind: null,
            loading: false,
            failed: false,
            unfolded: {},
        });
        onMounted(() => this.loadPage());
    }

    /** Load the first page, or the one after what is shown. */
    async loadPage() {
        const { state } = this;
        const number = ++this.asked;
        state.loading = true;
        state.failed = false;
        let page = null;
        try {
            page = await this.props.load({ before: state.next, kinds: state.kind ? [state.kind] : null });
        } catch (error) {
            console.warn(error);
        }
        if (number !== this.asked) {
            // Another kind was chosen in the meantime.
            return;
        }
        state.loading = false;
        state.failed = !page;
        if (page) {
            const shown = new Set(state.entries.map((entry) => this.key(entry)));
            // What moved while somebody read (a chat that went on) is not shown twice.
            state.entries.push(...page.entries.filter((entry) => !shown.has(this.key(entry))));
            state.next = page.next;
            state.kinds = page.kinds || state.kinds;
        }
    }

    show(kind) {
        Object.assign(this.state, { kind, entries: [], next: null });
        return this.loadPage();
    }

    key(entry) {
        return `${entry.kind}-${entry.id}`;
    }

    icon(entry) {
        return ICONS[entry.kind] || "info";
    }

    fileIcon(file) {
        return FILE_ICONS[file.kind] || "document";
    }

    /** Who and what, in one line. */
    meta(entry) {
        return [entry.patient, entry.about, entry.detail].filter(Boolean).join(" · ");
    }

    isUnfolded(entry) {
        return !entry.summary || Boolean(this.state.unfolded[this.key(entry)]);
    }

    toggle(entry) {
        const key = this.key(entry);
        this.state.unfolded[key] = !this.state.unfolded[key];
    }

    foldLabel(entry) {
        return this.isUnfolded(entry) ? _t("Show less") : _t("Show all");
    }

    /** Odoo sanitizes notes when they are written. */
    text(entry) {
        return markup(entry.text);
    }

    open(event, entry) {
        const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
        if (this.props.onOpen && entry.record && !elsewhere) {
            event.preventDefault();
            this.props.onOpen(entry.record);
        }
    }
}
