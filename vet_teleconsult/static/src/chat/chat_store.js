import { markRaw, reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ApiError } from "../core/json_api";
import { Backoff } from "../core/backoff";
import { Memory } from "../core/memory";
import { announcement, problemOf } from "./sentences";
import { Connection } from "./store/connection";
import { MessageList } from "./store/message_list";
import { Outgoing } from "./store/outgoing";
import { Overtaken } from "./store/overtaken";
import { Presence } from "./store/presence";
import { Reads } from "./store/reads";
import { Typing } from "./store/typing";
import { UploadQueue } from "./uploader/upload_queue";

/** Ids are given before the commit: a message with a lower id may become readable after one with a higher id. */
const LATE_MARGIN = 100;
const PAGE = 100;
/** What follows from one change (a transcript, what one may do) is asked for once, ms. */
const REFRESH = 300;
const CHAT_FACTS = ["state", "ended_at", "vet", "reply_due_at", "waiting_since"];

/**
 * One chat as one participant has it before them: its messages and files, what is on its way, who has read, writes or
 * looks. Knows no component; what a person sees of it is in `state`.
 */
export class ChatStore {
    /**
     * @param {object} options
     * @param {import("./chat_api").ChatApi} options.api
     * @param {(key: string) => {get: Function, set: Function}} [options.makeMemory]
     * @param {(options: object) => UploadQueue} [options.makeQueue]
     */
    constructor({
        api,
        makeMemory = (key) => new Memory("localStorage", key),
        makeQueue = (options) => UploadQueue.of({ ...options, state: reactive(UploadQueue.makeState()) }),
    }) {
        Object.assign(this, { api, makeMemory, makeQueue });
        this.state = reactive(ChatStore.makeState());
        this.list = new MessageList(this.state);
        this.backoff = new Backoff({ first: 1500, longest: 15000 });
        /** Up to here nothing is missing: one's own messages may be ahead of others' that were missed. */
        this.receivedId = 0;
        this.atEnd = true;
        this.closed = false;
        this.connection = new Connection({
            state: this.state,
            onNotification: (notification) => this.receive(notification),
            onMissed: () => this.sync(),
        });
        this.overtaken = new Overtaken((notification) => this._show(notification));
        this.presence = new Presence({ onBeat: (looking) => this._onBeat(looking) });
        this.typing = new Typing({ state: this.state, tell: (typing) => this._quietly(() => api.typing(typing)) });
    }

    static makeState() {
        return {
            /** "loading" | "ready" | "failed" */
            status: "loading",
            /** Why it failed: {code, text, nextStep}. */
            problem: null,
            /** Odoo's answer to `open` without messages and reads; replaced, never changed. */
            chat: null,
            /** Oldest first; the list and each message are replaced, never changed. */
            messages: markRaw([]),
            /** Whether there are older messages than those loaded. */
            more: false,
            /** "" | "loading" | "failed" */
            older: "",
            /** Own messages on their way: {client_key, body, date, status: "pending"|"failed", attempts, problem}. */
            outgoing: [],
            reads: [],
            /** The others who are writing: {participant, name}. */
            typing: [],
            /** The first message that was new when this participant last came, or null. */
            dividerId: null,
            unread: 0,
            liveDown: false,
            /** What a screen reader is to say about what came in. */
            announcement: "",
            /** What could not be done, in a sentence; empty for nothing. */
            notice: "",
        };
    }

    // ------------------------------------------------------------- opening

    /** Load the chat. Fails visibly (`state.problem`), and tries again by itself while the failure may pass. */
    async open() {
        clearTimeout(this.retryTimer);
        try {
            await this.overtaken.ask(
                () => this.api.open(),
                (info) => this._onOpened(info)
            );
        } catch (error) {
            this._onOpenFailed(error);
        }
    }

    async _onOpened(info) {
        if (this.closed) {
            return;
        }
        this.backoff.reset();
        if (this.state.status === "ready") {
            await this._catchUp(info);
        } else {
            this._begin(info);
        }
    }

    /** Fetch what was missed while nobody told, then send what waits. */
    async sync() {
        if (this.state.status !== "loading" && !this.closed) {
            await this.open();
        }
    }

    _onOpenFailed(error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        if (this.closed || (this.state.status === "ready" && error.transient)) {
            return;
        }
        this.state.status = "failed";
        this.state.problem = problemOf(error);
        if (error.transient) {
            this.retryTimer = setTimeout(() => this.open(), this.backoff.next());
        }
    }

    _begin({ messages, more, reads, ...chat }) {
        this.self = chat.participant;
        this.memory ??= this.makeMemory(`chat.${chat.id}.${this.self.id}`);
        this.outgoing ??= new Outgoing({
            state: this.state,
            api: this.api,
            memory: this.memory,
            onSent: (message) => this._add([message]),
            onRefused: (error) => error.code === "chat_locked" && this._setChat({ state: "locked" }),
        });
        this.reads ??= new Reads({ state: this.state, api: this.api, self: this.self });
        this.state.chat = markRaw(chat);
        this.state.reads = reads;
        this.state.more = more;
        this._add(messages);
        this.receivedId = this.list.lastId;
        this.state.dividerId = this.reads.ownId ? this._news[0]?.id || null : null;
        this._count();
        this.queue ??= this.makeQueue({ api: this.api, limits: chat.limits, owner: `${chat.id}.${this.self.id}` });
        this.queue.restore(chat.uploads || []);
        this.state.problem = null;
        this.state.status = "ready";
        this.outgoing.flush();
    }

    async _catchUp({ messages, more, reads, ...chat }) {
        this.state.chat = markRaw(chat);
        reads.forEach((read) => this.reads.receive(read));
        if (more && messages.length && messages[0].id > this.receivedId) {
            await this._fillGap();
        }
        this._receive(messages);
        await this._refreshUnfinished(messages);
        this.outgoing.flush();
    }

    /** More was missed than an answer to `open` holds. */
    async _fillGap() {
        let afterId = Math.max(0, this.receivedId - LATE_MARGIN);
        let more = true;
        while (more && !this.closed) {
            const answer = await this.api.messages({ afterId, limit: PAGE });
            this._receive(answer.messages);
            afterId = answer.messages.at(-1)?.id || afterId;
            more = answer.more && answer.messages.length > 0;
        }
    }

    /** News of files that were worked on when the connection was lost may have been lost with it. */
    async _refreshUnfinished(fresh) {
        const known = new Set(fresh.map(({ id }) => id));
        const unfinished = this.state.messages
            .filter(({ id }) => !known.has(id))
            .flatMap(({ media = [] }) => media)
            .filter((media) => isUnfinished(media));
        await Promise.all(unfinished.map(({ id }) => this.refreshMediaQuietly(id)));
    }

    // ---------------------------------------------------------------- live

    /**
     * Listen to news of this chat until closed. Whoever made the connection starts and ends it.
     *
     * @param {import("../core/emitter").Emitter} live emits `notification` {type, payload} and `status`
     */
    follow(live) {
        this.connection.follow(live);
    }

    /** @param {{type: string, payload: object}} notification of the bus, of any chat */
    receive(notification) {
        this.overtaken.hear(notification);
        this._show(notification);
    }

    _show({ type, payload }) {
        if (this.state.status !== "ready" || payload?.chat_id !== this.state.chat.id) {
            return;
        }
        const handlers = {
            "vet_teleconsult/message": ({ message }) => this._receive([message], { live: true }),
            "vet_teleconsult/media": (news) => this._onMedia(news),
            "vet_teleconsult/document": (news) => this.list.updateDocument(news.message_id, news.document),
            "vet_teleconsult/chat": (news) => this._onChat(news),
            "vet_teleconsult/typing": (news) => news.participant !== this.self.id && this.typing.receive(news),
            "vet_teleconsult/read": (news) => {
                this.reads.receive(news);
                this._count();
            },
        };
        handlers[type]?.(payload);
    }

    _onChat(news) {
        this._setChat(Object.fromEntries(CHAT_FACTS.filter((key) => key in news).map((key) => [key, news[key]])));
        clearTimeout(this.refreshTimer);
        this.refreshTimer = setTimeout(() => this.sync(), REFRESH);
    }

    _onMedia({ media }) {
        this.list.updateMedia(media);
        this.queue.mediaChanged(media);
    }

    _setChat(values) {
        this.state.chat = markRaw({ ...this.state.chat, ...values });
    }

    // ------------------------------------------------------------ messages

    /** @param {object[]} messages from Odoo, without a gap after those received before */
    _receive(messages, { live = false } = {}) {
        const added = this._add(messages);
        this.receivedId = Math.max(this.receivedId, messages.at(-1)?.id || 0);
        const { ownId } = this.reads;
        const news = added.filter((message) => isFromOthers(message) && message.id > ownId);
        if (!news.length) {
            return;
        }
        news.forEach(({ author_key: author }) => this.typing.forget(author));
        if (live) {
            this.state.announcement = announcement(news.at(-1));
        }
        if (!this._readIfSeen() && (this.state.dividerId || 0) <= this.reads.ownId) {
            this.state.dividerId = news[0].id;
        }
        this._count();
    }

    /** @returns {object[]} those that were not known */
    _add(messages) {
        const shown = messages.map((message) => this._prepare(message));
        shown.forEach(({ client_key: key }) => key && this.outgoing.remove(key));
        return this.list.add(shown);
    }

    _prepare(message) {
        const key = message.author_key;
        const mine = key ? key === this.self.id : Boolean(message.mine);
        return { attachments: [], media: [], ...message, mine, body: (message.body || "").trim() };
    }

    /** @returns {object[]} the loaded messages of others that this participant has not read, oldest first */
    get _news() {
        const { ownId } = this.reads;
        const { messages } = this.state;
        const start = messages.findLastIndex(({ id }) => id <= ownId) + 1;
        return messages.slice(start).filter(isFromOthers);
    }

    _count() {
        this.state.unread = this._news.length;
    }

    /** Load what came before the oldest message; failures show, and are tried again by the same call. */
    async loadOlder() {
        if (this.state.older === "loading" || !this.state.more) {
            return;
        }
        this.state.older = "loading";
        try {
            const { messages, more } = await this.api.messages({ beforeId: this.list.firstId, limit: PAGE });
            this._add(messages);
            this.state.more = more;
            this.state.older = "";
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.state.older = "failed";
        }
    }

    /** @param {string} body */
    send(body) {
        this.typing.stop();
        this.state.dividerId = null;
        this.outgoing.send(body);
    }

    /** @param {string} clientKey */
    retry(clientKey) {
        this.outgoing.retry(clientKey);
    }

    /** @param {string} clientKey */
    discard(clientKey) {
        this.outgoing.remove(clientKey);
    }

    // --------------------------------------------------- reading, looking

    /** @returns {() => void} to be called when the thread shows no more */
    show() {
        const hide = this.presence.show();
        this._readIfSeen();
        return hide;
    }

    /** @param {boolean} atEnd whether the newest message is in view */
    setAtEnd(atEnd) {
        this.atEnd = atEnd;
        this._readIfSeen();
    }

    _onBeat(looking) {
        if (this.state.status === "ready") {
            this._quietly(() => this.api.look(looking));
            this._readIfSeen();
        }
    }

    /** @returns {boolean} whether everything that came in is before this participant's eyes */
    _readIfSeen() {
        if (!this.presence.visible || !this.atEnd || this.state.status !== "ready") {
            return false;
        }
        if (this._news.length) {
            this.reads.mark(this.list.lastId);
            this._count();
        }
        return true;
    }

    // --------------------------------------------------------------- files

    /** @param {number} mediaId work on it again */
    async retryMedia(mediaId) {
        await this._loudly(() =>
            this.overtaken.ask(
                () => this.api.retryMedia(mediaId),
                (media) => this._onMedia({ media })
            )
        );
    }

    /**
     * @param {number} mediaId
     * @returns {Promise<object>} with fresh addresses
     */
    async refreshMedia(mediaId) {
        let media = null;
        await this.overtaken.ask(
            () => this.api.media(mediaId),
            (answer) => {
                media = answer;
                this._onMedia({ media });
            }
        );
        return media;
    }

    /** The same where nobody waits for it: a picture whose address has run out. */
    refreshMediaQuietly(mediaId) {
        return this._quietly(() => this.refreshMedia(mediaId));
    }

    /**
     * @param {number} mediaId of a file whose message may not be loaded
     * @returns {Promise<object|null>} null, with the reason in `state.notice`, when it cannot be had
     */
    async fetchMedia(mediaId) {
        let media = null;
        await this._loudly(async () => (media = await this.api.media(mediaId)));
        return media;
    }

    /**
     * Put files that the clinic has already into a message of their own.
     *
     * @param {number[]} mediaIds of the patient; vets only
     * @param {string} clientKey the same for another attempt
     * @throws {ApiError}
     */
    async shareMedia(mediaIds, clientKey) {
        this._add([await this.api.sendMessage("", clientKey, mediaIds)]);
    }

    /** @returns {object[]} the files of the loaded messages, oldest first */
    get media() {
        return this.list.media;
    }

    /**
     * @param {number} messageId
     * @returns {object|null} the clip that a message most likely speaks of: its own, or the last one before it
     */
    clipBefore(messageId) {
        const clips = this.state.messages
            .filter(({ id }) => id <= messageId)
            .flatMap(({ media }) => media)
            .filter(({ kind }) => kind === "video");
        return clips.at(-1) || null;
    }

    // ------------------------------------------------------------ workflow

    /** @returns {"vet"|"owner"} */
    get role() {
        return this.self?.role || "owner";
    }

    /** Whether this participant may write now: Odoo's word, unless the chat was opened or locked since. */
    get canWrite() {
        const { may, state } = this.state.chat;
        return this.role === "vet" ? may.write : state === "open";
    }

    get canUpload() {
        return this.canWrite && this.state.chat.may.upload !== false;
    }

    /** What is written but not sent, over a reload. */
    get draft() {
        return this.memory.get("draft") || "";
    }

    set draft(text) {
        this.memory.set("draft", text || null);
    }

    /**
     * @param {string} action see `ChatApi.workflow`
     * @param {object} [values]
     * @returns {Promise<boolean>} whether it was done; if not, `state.notice` says why
     */
    workflow(action, values = {}) {
        return this._loudly(async () => {
            const { messages, more: _more, reads, ...chat } = await this.api.workflow(action, values);
            this.state.chat = markRaw(chat);
            this._receive(messages || []);
            (reads || []).forEach((read) => this.reads.receive(read));
        });
    }

    dismissNotice() {
        this.state.notice = "";
    }

    // ---------------------------------------------------------------- end

    close() {
        this.closed = true;
        this.connection.close();
        [this.retryTimer, this.refreshTimer].forEach((timer) => clearTimeout(timer));
        this.typing.stop();
        this.typing.close();
        this.presence.close();
        this.reads?.close();
        this.outgoing?.close();
        this.queue?.close();
    }

    /** Do what is a courtesy only: that it failed is nobody's concern. */
    async _quietly(action) {
        try {
            await action();
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }

    /** Do what somebody asked for: that it failed is said. */
    async _loudly(action) {
        this.state.notice = "";
        try {
            await action();
            return true;
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            const { text, nextStep } = problemOf(error, _t("That could not be done."));
            this.state.notice = [text, nextStep].filter(Boolean).join(" ");
            return false;
        }
    }
}

/** @returns {boolean} whether somebody else wrote it */
function isFromOthers({ mine, role }) {
    return !mine && role !== "system";
}

/** @returns {boolean} whether news of this file are to be expected */
function isUnfinished({ state, rendition }) {
    return ["uploading", "processing"].includes(state) || ["pending", "working"].includes(rendition?.state);
}
