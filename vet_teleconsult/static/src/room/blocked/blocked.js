import { Component, useState } from "@odoo/owl";
import { Icon } from "../../core/icon/icon";
import { blockedSentence } from "../sentences";

/** The room cannot be entered: why, and what to do next. */
export class Blocked extends Component {
    static template = "vet_teleconsult.Blocked";
    static components = { Icon };
    static props = {
        code: String,
        details: { type: Object, optional: true },
        clinic: { optional: true },
        link: { type: String, optional: true },
        onRetry: { type: Function, optional: true },
        onClose: { type: Function, optional: true },
    };

    setup() {
        this.state = useState({ copied: false });
    }

    get sentence() {
        return blockedSentence(this.props.code, this.props.details);
    }

    async copyLink() {
        const link = this.props.link || location.href;
        try {
            await navigator.clipboard.writeText(link);
        } catch {
            // No clipboard on insecure pages and in many apps' browsers: the older way.
            const field = document.querySelector('[data-test="link"]');
            field.select();
            document.execCommand("copy");
        }
        this.state.copied = true;
    }
}
