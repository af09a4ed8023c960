import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { randomIdentifier } from "../../core/identifier";
import { Icon } from "../../core/icon/icon";
import { ApiError } from "../../core/json_api";
import { formatDate } from "../../core/times";
import { kindLabel, problemOf } from "../sentences";
import { formatSize } from "../uploader/sizes";

/** As many as Odoo takes in one message. */
const LIMIT = 20;

/** Files that the clinic has of the patient already: a vet chooses some and puts them into the chat. */
export class MediaPicker extends Component {
    static template = "vet_teleconsult.MediaPicker";
    static components = { Icon };
    static props = {
        /** `ChatStore` of a vet */
        store: Object,
        onClose: Function,
    };

    setup() {
        Object.assign(this, { formatDate, formatSize, kindLabel, limit: LIMIT });
        this.state = useState({ media: [], more: false, chosen: [], loading: true, sending: false, problem: "" });
        this.dialog = useRef("dialog");
        this.clientKey = randomIdentifier();
        onWillStart(() => {
            this.load();
        });
        onMounted(() => this.dialog.el.showModal());
    }

    async load() {
        this.state.loading = true;
        await this.attempt(async () => {
            const { media, more } = await this.props.store.api.patientMedia(this.state.media.at(-1)?.id);
            this.state.media.push(...media);
            this.state.more = more;
        });
        this.state.loading = false;
    }

    isChosen(id) {
        return this.state.chosen.includes(id);
    }

    isFull(id) {
        return this.state.chosen.length >= LIMIT && !this.isChosen(id);
    }

    toggle(id) {
        const { chosen } = this.state;
        this.state.chosen = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
        // Another choice is another message.
        this.clientKey = randomIdentifier();
    }

    get sendLabel() {
        const count = this.state.chosen.length;
        if (this.state.sending) {
            return _t("Sending…");
        }
        return count > 1 ? _t("Send %s files", count) : _t("Send");
    }

    async send() {
        this.state.sending = true;
        const sent = await this.attempt(() => this.props.store.shareMedia([...this.state.chosen], this.clientKey));
        this.state.sending = false;
        if (sent) {
            this.close();
        }
    }

    /** Do something of which is said if it fails. */
    async attempt(action) {
        this.state.problem = "";
        try {
            await action();
            return true;
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            const { text, nextStep } = problemOf(error, _t("That could not be done."));
            this.state.problem = [text, nextStep].filter(Boolean).join(" ");
            return false;
        }
    }

    close() {
        // Before the focus returns: behind a modal dialog nothing can take it.
        this.dialog.el?.close();
        this.props.onClose();
    }
}
