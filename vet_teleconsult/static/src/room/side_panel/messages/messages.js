import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../../core/icon/icon";
import { linkify } from "../../../core/linkify";
import { formatDateTime, formatTime, parseDate } from "../../../core/times";

/** The text messages of the consultation, and the box to write one. */
export class Messages extends Component {
    static template = "vet_teleconsult.Messages";
    static components = { Icon };
    static props = {
        messages: Array,
        outgoing: Array,
        locked: Boolean,
        onSend: Function,
        onRetry: Function,
        onDiscard: Function,
    };

    setup() {
        this.linkify = linkify;
        this.state = useState({ draft: "" });
        this.list = useRef("list");
        this.input = useRef("input");
        useEffect(
            (element) => {
                element.scrollTop = element.scrollHeight;
            },
            () => [this.list.el, this.props.messages.length, this.props.outgoing.length]
        );
    }

    time(message) {
        const date = parseDate(message.date);
        const today = date && date.toDateString() === new Date().toDateString();
        return today ? formatTime(date) : formatDateTime(date);
    }

    status(message) {
        if (message.status === "failed") {
            return message.problem || _t("Not sent.");
        }
        return message.attempts ? _t("Not sent yet. Trying again…") : _t("Sending…");
    }

    send() {
        const body = this.state.draft.trim();
        if (body) {
            this.props.onSend(body);
            this.state.draft = "";
            // Typed and sent within one frame, the box has nothing to render: empty it by hand.
            this.input.el.value = "";
        }
        this.input.el.focus();
    }

    onKeydown(event) {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            this.send();
        }
    }
}
