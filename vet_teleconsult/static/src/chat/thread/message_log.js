import { Component, onMounted, onPatched, onWillPatch, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Icon } from "../../core/icon/icon";
import { formatDay, formatTime } from "../../core/times";
import { RenderWindow } from "./render_window";
import { makeRows } from "./rows";
import { ThreadMessage } from "./thread_message";

/** Closer than this to the end, the reader is taken to be at the end (px). */
const AT_END = 80;
/** More is rendered before the reader comes to the edge of what is (px). */
const AHEAD = 800;
const DAY = 24 * 60 * 60 * 1000;

/** The messages of a thread, however many there are: a window of them is rendered and moves with the reader. */
export class MessageLog extends Component {
    static template = "vet_teleconsult.MessageLog";
    static components = { Icon, ThreadMessage };
    static props = { store: Object, actions: Object };

    setup() {
        const { store } = this.props;
        this.thread = useState(store.state);
        this.state = useState({ atEnd: true });
        this.window = new RenderWindow(useState(RenderWindow.makeState()));
        this.window.showNewest(this.thread.messages, this.thread.dividerId);
        this.log = useRef("log");
        this.list = useRef("list");
        this.sticks = true;
        this.anchor = null;
        onMounted(() => this.begin());
        onWillPatch(() => this.holdPlace());
        onPatched(() => this.keepPlace());
        onWillUnmount(() => {
            cancelAnimationFrame(this.frame);
            this.observer.disconnect();
        });
        useEffect(
            () => this.window.trim(this.thread.messages, this.sticks),
            () => [this.thread.messages.length]
        );
        this.followOwn();
        this.sent = this.thread.outgoing.length;
        useEffect(
            (length) => {
                if (length > this.sent) {
                    this.showNewest();
                }
                this.sent = length;
            },
            () => [this.thread.outgoing.length]
        );
    }

    /** What somebody sent, here or in another window, is what they want to see next; a file's message comes later. */
    followOwn() {
        let known = this.thread.messages.at(-1)?.id || 0;
        useEffect(
            (newest) => {
                if (newest && newest.id > known && newest.mine) {
                    this.showNewest();
                }
                known = Math.max(known, newest?.id || 0);
            },
            () => [this.thread.messages.at(-1)]
        );
    }

    // ------------------------------------------------------------ what shows

    get rows() {
        const { messages, dividerId } = this.thread;
        return makeRows(messages, ...this.window.range(messages), dividerId);
    }

    get outgoing() {
        return this.window.atNewest ? this.thread.outgoing.map((message) => ({ ...message })) : [];
    }

    get canShowOlder() {
        return this.thread.more || this.window.range(this.thread.messages)[0] > 0;
    }

    /** The last of one's own messages that the other side has read, and the words for it. */
    get readMark() {
        // For the rendering to follow.
        const { reads, messages } = this.thread;
        const read = reads.length ? this.props.store.reads.furthest : null;
        const message = read && messages.findLast(({ id, mine }) => mine && id <= read.message_id);
        if (!message) {
            return { id: null, text: "" };
        }
        return {
            id: message.id,
            text: _t("Read by %(name)s, %(time)s", { name: read.name, time: formatTime(read.at) }),
        };
    }

    dayLabel(date) {
        const day = date.toDateString();
        const now = Date.now();
        if (day === new Date(now).toDateString()) {
            return _t("Today");
        }
        return day === new Date(now - DAY).toDateString() ? _t("Yesterday") : formatDay(date);
    }

    // -------------------------------------------------------------- the place

    begin() {
        this.observer = new ResizeObserver(() => this.sticks && this.scrollToEnd());
        this.observer.observe(this.log.el);
        this.observer.observe(this.list.el);
        const news = this.list.el.querySelector("[data-test=news]");
        this.scrollToEnd();
        if (news) {
            const above = news.getBoundingClientRect().top - this.log.el.getBoundingClientRect().top;
            if (above < 0) {
                this.log.el.scrollTop += above - 16;
            }
        }
        this.look();
    }

    /** Remember where the first message in view stands, so that it stands there after the change. */
    holdPlace() {
        const top = this.log.el.getBoundingClientRect().top;
        const messages = this.list.el.querySelectorAll(":scope > .o_vet_message[data-id]");
        const element = [...messages].find((message) => message.getBoundingClientRect().bottom > top);
        this.anchor = element ? { element, top: element.getBoundingClientRect().top } : null;
        this.hadFocus = this.log.el.contains(document.activeElement);
    }

    keepPlace() {
        if (this.sticks) {
            this.scrollToEnd();
        } else if (this.anchor?.element.isConnected) {
            this.log.el.scrollTop += this.anchor.element.getBoundingClientRect().top - this.anchor.top;
        }
        if (this.hadFocus && document.activeElement === document.body) {
            // What had the focus is out of the window now.
            this.log.el.focus({ preventScroll: true });
        }
        this.look();
    }

    scrollToEnd() {
        this.log.el.scrollTop = this.log.el.scrollHeight;
    }

    onScroll() {
        this.frame ??= requestAnimationFrame(() => {
            this.frame = null;
            this.look();
        });
    }

    /** See where the reader is, and render what they come to next. */
    look() {
        const { scrollTop, scrollHeight, clientHeight } = this.log.el;
        const below = scrollHeight - scrollTop - clientHeight;
        this.sticks = this.window.atNewest && below < AT_END;
        if (this.sticks !== this.state.atEnd) {
            this.state.atEnd = this.sticks;
        }
        this.props.store.setAtEnd(this.sticks);
        if (below < AHEAD && !this.window.atNewest) {
            this.window.showNewer(this.thread.messages);
        } else if (scrollTop < AHEAD && this.thread.older !== "failed") {
            this.showOlder();
        }
    }

    async showOlder() {
        if (this.window.showOlder(this.thread.messages)) {
            return;
        }
        if (this.thread.more && this.thread.older !== "loading") {
            await this.props.store.loadOlder();
            this.window.showOlder(this.props.store.state.messages);
        }
    }

    showNewest() {
        this.sticks = true;
        this.window.showNewest(this.thread.messages);
        this.scrollToEnd();
    }

    jump() {
        this.showNewest();
        this.log.el.focus({ preventScroll: true });
    }

    onKeydown(event) {
        if (event.key === "End" && event.target === this.log.el) {
            event.preventDefault();
            this.showNewest();
        }
    }
}
