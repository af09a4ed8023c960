import { Component, onMounted, onWillDestroy, useEffect, useExternalListener, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ChatApi } from "../chat/chat_api";
import { ChatStore } from "../chat/chat_store";
import { ChatThread } from "../chat/thread/chat_thread";
import { Icon } from "../core/icon/icon";
import { LiveUpdates } from "../core/live_updates";
import { formatDate, formatDateTime } from "../core/times";
import { mountWhenReady } from "./mount_page";

/** The owner's page of one chat: about whom, with whom, when to expect an answer and whom to call, and the thread. */
export class ChatPage extends Component {
    static template = "vet_teleconsult.ChatPage";
    static components = { ChatThread, Icon };
    static props = {
        store: Object,
        /** Where the owner's other chats are; null for whoever came by a link. */
        back: { optional: true },
    };

    setup() {
        Object.assign(this, { formatDate, formatDateTime });
        const { store } = this.props;
        this.thread = useState(store.state);
        this.live = null;
        onMounted(() => store.open());
        useEffect(
            (bus) => bus && this.startLive(bus),
            () => [this.thread.chat?.bus.channel && this.thread.chat.bus]
        );
        onWillDestroy(() => {
            this.live?.stop();
            store.close();
        });
        // A page that the browser brings back as it was has lost its connections.
        useExternalListener(window, "pageshow", (event) => event.persisted && location.reload());
    }

    /** The channel's name is a secret that can change with a reload of the chat; its connection lasts. */
    startLive({ path, channel, last }) {
        if (this.live?.channel === channel) {
            return;
        }
        this.live?.stop();
        this.live = new LiveUpdates({ path, channel, last });
        this.props.store.follow(this.live);
        this.live.start();
    }

    get chat() {
        return this.thread.chat;
    }

    get kind() {
        const { species, breed } = this.chat.patient;
        return [species, breed].filter(Boolean).join(" · ");
    }

    get withWhom() {
        const { clinic, vet } = this.chat;
        return [vet?.name, clinic.name].filter(Boolean).join(" · ");
    }

    get phoneLink() {
        return `tel:${this.chat.clinic.phone.replace(/[^\d+]/g, "")}`;
    }

    /** When to expect an answer, in the words of somebody who waits for one. */
    get expectation() {
        const { ended_at: ended, reply_due_at: due, type, waiting_since: waiting } = this.chat;
        if (ended) {
            return "";
        }
        if (waiting && due) {
            return new Date(due) > new Date()
                ? _t("You can expect an answer by %s.", formatDateTime(due))
                : _t("The answer is taking longer than expected. If it cannot wait, please call the clinic.");
        }
        if (!type?.reply_hours) {
            return "";
        }
        return type.reply_hours === 1
            ? _t("The clinic answers within an hour.")
            : _t("The clinic answers within %s hours.", type.reply_hours);
    }

    get transcript() {
        return this.chat.transcripts?.[0] || null;
    }
}

// Properties of the page: {chatId, accessToken, lang, back}.
mountWhenReady("vet_chat", ChatPage, ({ chatId, accessToken, back }) => ({
    store: new ChatStore({ api: new ChatApi({ chatId, accessToken }) }),
    back,
}));
