import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";

/** Asks before a consultation is finished, and tells what the owner gets by mail then. */
export class FinishDialog extends Component {
    static template = "vet_teleconsult.FinishDialog";
    static components = { Dialog };
    static props = {
        /** {owner, email, contents: {label, text}[]} of the summary; null where finishing mails nothing */
        preview: { type: [Object, { value: null }], optional: true },
        /** Told how to finish: "finish" or "finish_without_summary". */
        onAnswer: Function,
        close: Function,
    };

    /** @returns {boolean} whether there is a mail that can be left for later */
    get mails() {
        return Boolean(this.props.preview?.email);
    }

    get isEmpty() {
        return this.mails && !this.props.preview.contents.length;
    }

    get sentence() {
        const { owner, email } = this.props.preview;
        return email
            ? _t("%(owner)s gets the summary by mail, at %(email)s.", { owner, email })
            : _t("%(owner)s has no e-mail address: the summary is made, and cannot be mailed.", { owner });
    }

    answer(action) {
        this.props.onAnswer(action);
        this.props.close();
    }
}

/**
 * Ask whether to finish a consultation.
 *
 * @param {object} dialogService
 * @param {object|null|undefined} preview of what is mailed, see `FinishDialog`
 * @returns {Promise<"finish"|"finish_without_summary"|null>} what to do; null: nothing yet
 */
export function askToFinish(dialogService, preview) {
    return new Promise((resolve) => {
        dialogService.add(
            FinishDialog,
            { preview: preview || null, onAnswer: resolve },
            { onClose: () => resolve(null) }
        );
    });
}
