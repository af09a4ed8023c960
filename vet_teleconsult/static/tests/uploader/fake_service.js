import { reactive } from "@odoo/owl";
import { NetworkFailure } from "@vet_teleconsult/chat/uploader/http_request";
import { UploadQueue } from "@vet_teleconsult/chat/uploader/upload_queue";
import { ApiError } from "@vet_teleconsult/core/json_api";

export const MB = 1024 ** 2;

/**
 * A tus service in memory that stands in for `sendRequest`. `answers` come before its own: a status, an answer, or an
 * Error to throw.
 */
export class FakeService {
    constructor() {
        /** @type {Uint8Array[]} what has arrived */
        this.pieces = [];
        this.size = null;
        this.requests = [];
        this.answers = [];
        this.tickets = new Set(["ticket-1"]);
        this.send = (request) => this.answer(request);
    }

    get offset() {
        return this.pieces.reduce((sum, { length }) => sum + length, 0);
    }

    get content() {
        return Uint8Array.from(this.pieces.flatMap((piece) => [...piece]));
    }

    methods() {
        return this.requests.map(({ method }) => method);
    }

    async answer(request) {
        this.requests.push(request);
        const next = this.answers.shift();
        if (next instanceof Error) {
            throw next;
        }
        if (typeof next === "function") {
            return next(request);
        }
        if (next) {
            return reply(next.status ?? next, next);
        }
        if (!this.tickets.has(request.headers.Authorization.replace("Bearer ", ""))) {
            return reply(401, { body: { code: "expired", message: "Expired." } });
        }
        return this[request.method](request);
    }

    POST({ headers }) {
        this.size = Number(headers["Upload-Length"]);
        return reply(201, { headers: { Location: "uploads/key", "Upload-Offset": String(this.offset) } });
    }

    HEAD() {
        return reply(200, { headers: { "Upload-Offset": String(this.offset) } });
    }

    PATCH({ headers, body, onProgress }) {
        if (Number(headers["Upload-Offset"]) !== this.offset) {
            return reply(409, { headers: { "Upload-Offset": String(this.offset) } });
        }
        onProgress?.(body.byteLength);
        this.pieces.push(new Uint8Array(body));
        return reply(204, { headers: { "Upload-Offset": String(this.offset) } });
    }
}

/** @returns {object} an answer as `sendRequest` gives it */
export function reply(status, { headers = {}, body = "" } = {}) {
    return { status, header: (name) => headers[name] ?? null, text: body && JSON.stringify(body) };
}

/** @returns {Promise<Error|null>} what a promise was rejected with */
export const failureOf = (promise) =>
    promise.then(
        () => null,
        (error) => error
    );

export const networkFailure = () => new NetworkFailure("offline");

/** Odoo's answers about files. */
export class FakeApi {
    constructor() {
        this.asked = [];
        this.media_ = new Map();
        this.refusals = {};
    }

    _answer(route, id, value) {
        this.asked.push([route, id]);
        const refusal = this.refusals[route];
        if (refusal) {
            return Promise.reject(new ApiError(...refusal));
        }
        return Promise.resolve(value);
    }

    upload(values) {
        const known = [...this.media_.values()].find(({ clientKey }) => clientKey === values.client_key);
        const id = known?.id || this.media_.size + 1;
        this.media_.set(id, known || { id, clientKey: values.client_key, state: "uploading", ...values });
        return this._answer("upload", id, { media: this.media_.get(id), upload: access("ticket-1") });
    }

    uploadTicket(id) {
        return this._answer("uploadTicket", id, { media: this.media_.get(id), upload: access("ticket-1") });
    }

    cancelUpload(id) {
        return this._answer("cancelUpload", id, { media: { id, state: "cancelled" } });
    }

    media(id) {
        return this._answer("media", id, this.media_.get(id));
    }

    retryMedia(id) {
        return this._answer("retryMedia", id, { id, state: "processing" });
    }

    of(route) {
        return this.asked.filter(([name]) => name === route).map(([, id]) => id);
    }
}

const access = (ticket) => ({ url: "https://media.example/sidecar/uploads", ticket });

/** What the browser keeps, without a browser's disk. */
export class FakeStore {
    constructor(records = []) {
        this.records = new Map(records.map((record) => [record.id, record]));
        this.files = new Map();
        this.forgotten = [];
    }

    async keep(record) {
        this.records.set(record.id, record);
        return true;
    }

    async keepFile(id, file) {
        this.files.set(id, file);
        return true;
    }

    async file(id) {
        return this.files.get(id) || null;
    }

    async change(id, values) {
        Object.assign(this.records.get(id) || {}, values);
    }

    async get(id) {
        return this.records.get(id) || null;
    }

    async list() {
        return [...this.records.values()];
    }

    async forget(id, options) {
        this.forgotten.push([id, options]);
        this.records.delete(id);
        this.files.delete(id);
    }
}

const noRecordings = { unsent: async () => [], file: async () => null, forget: async () => {} };

/** A queue in front of fakes. */
export function makeQueue({ service = new FakeService(), api = new FakeApi(), store = new FakeStore(), ...more } = {}) {
    const queue = new UploadQueue({
        api,
        store,
        recordings: noRecordings,
        state: reactive(UploadQueue.makeState()),
        limits: { max_bytes: 200 * MB, accept: ["image/*", "video/*", "application/pdf"] },
        owner: `test ${Math.random()}`,
        send: service.send,
        wait: async (_milliseconds, signal) => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            signal?.throwIfAborted();
        },
        ...more,
    });
    return { queue, service, api, store, items: queue.state.items };
}

/** @returns {File} that begins like an MP4 */
export function clip(size = 1000, name = "limping.mp4") {
    const bytes = new Uint8Array(size);
    bytes.set([0, 0, 0, 32, ...[..."ftypisom"].map((letter) => letter.charCodeAt(0))].slice(0, size));
    return new File([bytes], name, { type: "video/mp4", lastModified: 5 });
}
