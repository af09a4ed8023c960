import { Backoff } from "../../core/backoff";
import { Emitter } from "../../core/emitter";
import { aborted, NetworkFailure, sendRequest } from "./http_request";
import { UploadError } from "./upload_error";
import { waitForNetwork } from "./wait_for_network";

const VERSION = "1.0.0";
const MB = 1024 ** 2;
export const LARGEST_CHUNK = 8 * MB;
/** A network that breaks more often than this much gets through is no network. */
export const SMALLEST_CHUNK = MB / 4;

/** Answers after which the same request may succeed: the lock of a cut connection, a checksum that the way spoiled, … */
const TRANSIENT = new Set([408, 423, 425, 429, 460, 500, 502, 503, 504]);

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const encode = (text) => base64(new TextEncoder().encode(text));

/** @returns {Promise<ArrayBuffer|null>} null where the browser computes none: on insecure pages */
const sha256 = async (bytes) => (await globalThis.crypto?.subtle?.digest?.("SHA-256", bytes)) || null;

/**
 * Sends one file by tus 1.0 (https://tus.io/protocols/resumable-upload), with the extensions creation and checksum.
 *
 * It never gives up by itself: whatever the network does, it goes on where the service says that it stopped. Chunks
 * halve with each failure and grow again, so that a network that breaks all the time still gets something through.
 *
 * Emits `progress` with the number of bytes that have left, and `waiting` with whether it waits for the network.
 */
export class TusUpload extends Emitter {
    /**
     * @param {object} options
     * @param {Blob} options.file
     * @param {string} options.filename
     * @param {string} options.mime
     * @param {{url: string, ticket: string}} options.access where to send it, and Odoo's permission
     * @param {() => Promise<{url: string, ticket: string}>} options.renew a fresh permission when that one has expired
     * @param {typeof sendRequest} [options.send]
     * @param {typeof sha256} [options.digest]
     * @param {Backoff} [options.backoff]
     * @param {typeof waitForNetwork} [options.wait]
     */
    constructor({ file, filename, mime, access, renew, ...options }) {
        super();
        Object.assign(this, { file, filename, mime, access, renew });
        this.send = options.send || sendRequest;
        this.digest = options.digest || sha256;
        this.wait = options.wait || waitForNetwork;
        this.backoff = options.backoff || new Backoff({ first: 500, longest: 30000, factor: 2 });
        /** @type {string|null} where this file is on the service */
        this.location = null;
        /** Bytes that the service has on its disk; null while that is unknown. */
        this.offset = null;
        this.chunkSize = LARGEST_CHUNK;
        /** Answers 409 in a row. */
        this.conflicts = 0;
    }

    /**
     * Send what is missing.
     *
     * @param {AbortSignal} [signal] pauses: what the service has stays there
     * @returns {Promise<void>} settles when the service has every byte
     * @throws {UploadError} when the service or Odoo refuses
     * @throws {DOMException} `AbortError`
     */
    async run(signal) {
        while (this.offset !== this.file.size) {
            if (signal?.aborted) {
                throw aborted();
            }
            try {
                await this._step(signal);
                this.backoff.reset();
                this.emit("waiting", false);
            } catch (error) {
                if (!(error instanceof NetworkFailure)) {
                    throw error;
                }
                this.chunkSize = Math.max(SMALLEST_CHUNK, this.chunkSize / 2);
                this.offset = null;
                this.emit("waiting", true);
                await this.wait(this.backoff.next(), signal);
            }
        }
    }

    _step(signal) {
        if (!this.location) {
            return this._create(signal);
        }
        return this.offset === null ? this._askOffset(signal) : this._sendChunk(signal);
    }

    /** Creating the same media again answers with what is there already. */
    async _create(signal) {
        const answer = await this._request(signal, {
            method: "POST",
            url: this.access.url,
            headers: {
                "Upload-Length": String(this.file.size),
                "Upload-Metadata": `filename ${encode(this.filename)},filetype ${encode(this.mime)}`,
            },
        });
        const location = answer.header("Location");
        if (answer.status !== 201 || !location) {
            throw refusal(answer);
        }
        this.location = new URL(location, new URL(this.access.url, document.baseURI)).href;
        this._setOffset(answer.header("Upload-Offset") || "0");
    }

    async _askOffset(signal) {
        const answer = await this._request(signal, { method: "HEAD", url: this.location });
        if (answer.status === 404 || answer.status === 410) {
            // An answer to HEAD has no sentence: creating it again either works or says why not.
            this.location = null;
            return;
        }
        if (answer.status !== 200 && answer.status !== 204) {
            throw refusal(answer);
        }
        this._setOffset(answer.header("Upload-Offset"));
    }

    async _sendChunk(signal) {
        const { offset } = this;
        // The bytes, not the blob: one that cannot be read any more looks like a dead network once it is being sent.
        const bytes = await read(this.file.slice(offset, offset + this.chunkSize));
        const digest = await this.digest(bytes);
        const answer = await this._request(signal, {
            method: "PATCH",
            url: this.location,
            headers: {
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": String(offset),
                ...(digest ? { "Upload-Checksum": `sha256 ${base64(new Uint8Array(digest))}` } : {}),
            },
            body: bytes,
            onProgress: (sent) => this.emit("progress", offset + Math.min(sent, bytes.byteLength)),
        });
        if (answer.status === 409) {
            this._takeOffset(answer.header("Upload-Offset"));
            return;
        }
        this.conflicts = 0;
        if (answer.status !== 204 && answer.status !== 200) {
            throw refusal(answer);
        }
        this._setOffset(answer.header("Upload-Offset"));
        this.chunkSize = Math.min(LARGEST_CHUNK, this.chunkSize * 2);
    }

    /** Another attempt of ours got through after all: go on where the service is. */
    _takeOffset(known) {
        this.conflicts += 1;
        if (this.conflicts > 1) {
            throw new NetworkFailure("offline");
        }
        if (known === null) {
            this.offset = null;
        } else {
            this._setOffset(known);
        }
    }

    _setOffset(text) {
        const offset = text === null ? NaN : Number(text);
        if (!Number.isInteger(offset) || offset < 0 || offset > this.file.size) {
            // An answer that is not from the service: a proxy's page, a captive network.
            throw new NetworkFailure("offline");
        }
        this.offset = offset;
        this.emit("progress", offset);
    }

    /** Send with the ticket; an expired one is renewed once. */
    async _request(signal, request) {
        for (let renewed = false; ; renewed = true) {
            const answer = await this.send({
                ...request,
                signal,
                headers: {
                    ...request.headers,
                    "Tus-Resumable": VERSION,
                    Authorization: `Bearer ${this.access.ticket}`,
                },
            });
            if (TRANSIENT.has(answer.status)) {
                throw new NetworkFailure("offline");
            }
            if (answer.status !== 401 || renewed) {
                return answer;
            }
            this.access = await this.renew();
            if (signal?.aborted) {
                throw aborted();
            }
        }
    }
}

/** @returns {Promise<ArrayBuffer>} @throws {UploadError} `unreadable` when the file was changed, moved or deleted */
async function read(blob) {
    try {
        return await blob.arrayBuffer();
    } catch {
        throw new UploadError("unreadable");
    }
}

/** What the service says against it: JSON `{code, message}` from the service, anything from what stands before it. */
function refusal({ status, text }) {
    try {
        const { code, message } = JSON.parse(text);
        return new UploadError(code || `http_${status}`, message || "");
    } catch {
        return new UploadError(status === 413 ? "too_large" : `http_${status}`);
    }
}
