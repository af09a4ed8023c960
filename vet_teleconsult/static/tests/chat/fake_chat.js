import { reactive } from "@odoo/owl";
import { ChatStore } from "@vet_teleconsult/chat/chat_store";
import { UploadQueue } from "@vet_teleconsult/chat/uploader/upload_queue";
import { Emitter } from "@vet_teleconsult/core/emitter";

export const OWNER = { id: "owner-9", role: "owner", name: "Anna Keller" };
export const VET = { id: "vet-2", role: "vet", name: "Dr. Vera Meier" };

/** As Odoo describes a message, by default one of the vet's. */
export function makeMessage(id, values = {}) {
    return {
        id,
        author: VET.name,
        author_key: VET.id,
        mine: false,
        role: "vet",
        body: `message ${id}.`,
        date: new Date(Date.UTC(2026, 4, 1, 8, 0, id)).toISOString(),
        media: [],
        attachments: [],
        ...values,
    };
}

/** As Odoo describes a message of the owner, who is the participant of these tests. */
export function makeOwnMessage(id, values = {}) {
    return makeMessage(id, { author: OWNER.name, author_key: OWNER.id, role: "owner", mine: true, ...values });
}

/** As Odoo describes a file, by default a clip that is ready. */
export function makeMedia(id, values = {}) {
    return {
        id,
        key: `key-${id}`,
        kind: "video",
        origin: "file",
        name: `clip ${id}.mp4`,
        mime: "video/mp4",
        size: 3_000_000,
        state: "ready",
        problem: null,
        problem_code: null,
        retryable: false,
        duration: 12.4,
        width: 1920,
        height: 1080,
        rotation: 0,
        frame_rate: 30,
        poster_url: null,
        url: `/vet/media/${id}/token`,
        stream_url: `/vet/media/${id}/token?stream=1`,
        download_url: `/vet/media/${id}/token?download=1`,
        original_url: `/vet/media/${id}/token?variant=original`,
        rendition: { state: "none", progress: 0 },
        author_key: VET.id,
        mine: false,
        caption: null,
        created_at: "2026-05-01T08:00:00Z",
        parent_id: null,
        time_code: null,
        annotated: false,
        message_id: null,
        ...values,
    };
}

/** As Odoo describes a document of the clinic, by default a quote that waits for its signature. */
export function makeDocument(values = {}) {
    return {
        kind: "quote",
        id: 12,
        title: "Quote S00012",
        subtitle: "Dental Cleaning · valid until 20 May 2026",
        state: "sent",
        state_label: "Waits for your signature",
        amount: "€ 120.00",
        url: "/my/orders/12?access_token=token",
        url_label: "Review and sign",
        pdf_url: "/my/orders/12?access_token=token&report_type=pdf",
        is_void: false,
        ...values,
    };
}

/** As Odoo describes a chat when it is opened. */
export function makeInfo(values = {}) {
    return {
        id: 7,
        name: "Rex · Anna Keller",
        subject: "Limping",
        state: "open",
        ended_at: null,
        patient: { id: 3, name: "Rex", species: "Dog", breed: "Collie", photo_url: null },
        owner: { id: 9, name: OWNER.name },
        vet: { id: 2, name: VET.name, participant: VET.id },
        clinic: { name: "Riverside Animal Clinic", phone: "+41 44 668 18 00" },
        type: { name: "Chat", reply_hours: 24, price: null },
        reply_due_at: null,
        waiting_since: null,
        participant: OWNER,
        may: { write: true, claim: false, end: false, upload: true },
        limits: { max_bytes: 200 * 1024 ** 2, accept: ["video/*", "image/*"], max_recording_seconds: 1800 },
        messages: [],
        more: false,
        reads: [],
        uploads: [],
        transcripts: [],
        emergency: null,
        bus: { path: "/websocket?version=1", channel: "vet_chat_7", last: 1 },
        time_zone: "UTC",
        ...values,
    };
}

export class FakeMemory {
    values = {};

    get(key) {
        return this.values[key] ?? null;
    }

    set(key, value) {
        this.values[key] = value;
    }
}

/** The routes of a chat, answered from a list of messages. Everything that is asked stands in `asked`. */
export class FakeApi {
    constructor({ info = makeInfo(), messages = info.messages, page = 50 } = {}) {
        Object.assign(this, { info, page, stored: messages });
        this.asked = [];
        /** What `sendMessage` answers, one after the other; errors are thrown. */
        this.answers = [];
        this.failure = null;
    }

    _note(name, ...values) {
        this.asked.push([name, ...values]);
        if (this.failure) {
            throw this.failure;
        }
    }

    /** @returns {any[]} what was asked of one route */
    of(name) {
        return this.asked.filter(([asked]) => asked === name).map(([, ...values]) => values);
    }

    async open() {
        this._note("open");
        const messages = this.stored.slice(-this.page);
        return { ...this.info, messages, more: this.stored.length > messages.length };
    }

    async messages({ beforeId, afterId, limit }) {
        this._note("messages", { beforeId, afterId, limit });
        const found = this.stored.filter(({ id }) => (beforeId === undefined ? id > afterId : id < beforeId));
        const messages = beforeId === undefined ? found.slice(0, limit) : found.slice(-limit);
        return { messages, more: found.length > messages.length };
    }

    async sendMessage(body, clientKey, mediaIds = []) {
        this._note("message", body, clientKey, ...(mediaIds.length ? [mediaIds] : []));
        const answer = this.answers.shift();
        if (answer instanceof Error) {
            throw answer;
        }
        return answer;
    }

    async read(messageId) {
        this._note("read", messageId);
    }

    async look(looking) {
        this._note("look", looking);
    }

    async typing(typing) {
        this._note("typing", typing);
    }

    async media(id) {
        this._note("media", id);
        return this.info.files[id];
    }

    async retryMedia(id) {
        this._note("media_retry", id);
        return this.info.files[id];
    }

    async workflow(action, values) {
        this._note("workflow", action, values);
        return this.info;
    }

    async patientMedia(beforeId) {
        this._note("patient_media", beforeId);
        const files = this.info.patientFiles.filter(({ id }) => !beforeId || id < beforeId);
        return { media: files.slice(0, this.page), more: files.length > this.page };
    }

    async saveObservation(values) {
        this._note("observation", values);
    }

    async colleagues() {
        this._note("colleagues");
        return [{ id: 4, name: "Dr. Carl Vogt" }];
    }
}

export class FakeQueue {
    added = [];
    changed = [];
    closed = false;

    constructor({ state }) {
        this.state = state;
    }

    add(files, options) {
        this.added.push([[...files], options]);
    }

    restore(uploads) {
        this.restored = uploads;
    }

    mediaChanged(media) {
        this.changed.push(media);
    }

    close() {
        this.closed = true;
    }
}

/** A store that asks a fake. */
export function makeStore({ api = new FakeApi(), memory = new FakeMemory() } = {}) {
    const store = new ChatStore({
        api,
        makeMemory: () => memory,
        makeQueue: () => new FakeQueue({ state: reactive(UploadQueue.makeState()) }),
    });
    return { store, api, memory, state: store.state };
}

/** A live connection that says what it is told to. */
export class FakeLive extends Emitter {
    tell(type, payload) {
        this.emit("notification", { type: `vet_teleconsult/${type}`, payload: { chat_id: 7, ...payload } });
    }
}
