import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { formatDateTime, formatTime } from "../../core/times";
import { formatSize } from "../uploader/sizes";
import { DocumentCard } from "./document_card";
import { MediaCard } from "./media_card";
import { formatTimeCode, messageParts } from "./message_parts";

/** One message of the thread: who, what, when, and how far it has come. */
export class ThreadMessage extends Component {
    static template = "vet_teleconsult.ThreadMessage";
    static components = { DocumentCard, Icon, MediaCard };
    static props = {
        message: Object,
        /** Whether it begins a group of the same author. */
        first: { type: Boolean, optional: true },
        /** "sent", or of one's own messages on their way "pending" or "failed" */
        status: { type: String, optional: true },
        attempts: { type: Number, optional: true },
        problem: { type: String, optional: true },
        /** Who has read it, when that is to be said here. */
        readMark: { type: String, optional: true },
        /** What a hand on the message does: {retry, discard, openPlace, openMedia, openDocument, …}. */
        actions: Object,
    };
    static defaultProps = { first: false, status: "sent", attempts: 0, problem: "", readMark: "" };

    setup() {
        Object.assign(this, { formatSize, formatDateTime, formatTime, formatTimeCode });
    }

    get message() {
        return this.props.message;
    }

    get mine() {
        return this.message.mine || this.props.status !== "sent";
    }

    get system() {
        return this.message.role === "system";
    }

    get parts() {
        if (this.partsOf !== this.message.body) {
            this.partsOf = this.message.body;
            this.cut = messageParts(this.message.body);
        }
        return this.cut;
    }

    get initials() {
        return (
            (this.message.author || "?")
                .split(/\s+/)
                // Titles are no names.
                .filter((word) => word && !word.endsWith("."))
                .map((word) => [...word][0])
                .filter((character) => /\p{L}/u.test(character))
                .slice(0, 2)
                .join("")
                .toUpperCase()
        );
    }

    get problem() {
        if (this.props.status === "failed") {
            return this.props.problem || _t("Not sent.");
        }
        return this.props.attempts ? _t("Not sent yet. Trying again…") : _t("Sending…");
    }

    onLink(event, part) {
        if (part.mediaId || part.time !== null) {
            const opened = this.props.actions.openLink(part, this.message.id);
            if (opened) {
                event.preventDefault();
            }
        }
    }
}
