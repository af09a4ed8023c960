import { Component, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../../core/icon/icon";
import { shortDate, waitingOf } from "./waiting";

/** So that fast typing asks once, ms. */
const TYPING = 250;
/** A minute is the smallest unit shown, ms. */
const TICK = 15000;

/** The conversations of the clinic: who waits, since when, and what is new. */
export class Inbox extends Component {
    static template = "vet_teleconsult.Inbox";
    static components = { Icon };
    static props = {
        /** `InboxList` */
        list: Object,
        activeId: { type: Number, optional: true },
        onSelect: Function,
    };

    setup() {
        this.root = useRef("root");
        this.state = useState(this.props.list.state);
        this.clock = useState({ now: Date.now() });
        this.shortDate = shortDate;
        const timer = setInterval(() => (this.clock.now = Date.now()), TICK);
        onWillUnmount(() => {
            clearInterval(timer);
            clearTimeout(this.searchTimer);
        });
    }

    get filters() {
        const { mine, unassigned, all } = this.state.counts;
        return [
            { name: "mine", label: _t("Mine"), count: mine },
            { name: "unassigned", label: _t("Unassigned"), count: unassigned },
            { name: "all", label: _t("All"), count: all },
        ];
    }

    get emptyText() {
        if (this.state.search.trim()) {
            return _t("No conversation matches.");
        }
        if (this.state.ended) {
            return _t("No conversation has ended yet.");
        }
        return {
            mine: _t("You have no open conversation. Take one from Unassigned, or begin one."),
            unassigned: _t("Every conversation has somebody who looks after it."),
            all: _t("There is no open conversation."),
        }[this.state.filter];
    }

    waiting(chat) {
        return waitingOf(chat, this.clock.now);
    }

    preview(chat) {
        return chat.preview || chat.subject || (chat.unread ? _t("New messages") : _t("No messages yet"));
    }

    onSearch(event) {
        this.state.search = event.target.value;
        clearTimeout(this.searchTimer);
        this.searchTimer = setTimeout(() => this.props.list.show({}), TYPING);
    }

    /** Arrow keys go from one conversation to the next. */
    onKeydown(event) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) {
            const rows = [...this.root.el.querySelectorAll("[data-test=inbox-chat]")];
            const next = rows[rows.indexOf(document.activeElement) + step];
            if (next) {
                event.preventDefault();
                next.focus();
            }
        }
    }
}
