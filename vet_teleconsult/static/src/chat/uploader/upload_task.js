import { Backoff } from "../../core/backoff";
import { ApiError } from "../../core/json_api";
import { aborted, NetworkFailure } from "./http_request";
import { SpeedMeter } from "./speed_meter";
import { TusUpload } from "./tus_upload";
import { UploadError } from "./upload_error";
import { waitForNetwork } from "./wait_for_network";

/** Milliseconds between two looks at the progress: the screen shows no more. */
const PROGRESS_INTERVAL = 200;

/** Odoo's media states in which every byte has arrived. */
const ARRIVED = new Set(["processing", "ready", "failed"]);

/**
 * One file on its way: announced to Odoo, sent to the media service, confirmed by Odoo.
 *
 * What people see of it is `item`; what they do not need to see is kept here.
 */
export class UploadTask {
    /**
     * @param {object} options
     * @param {object} options.item of the queue's state; its status, progress and media are set here
     * @param {object} options.options {origin, caption, parentId, timeCode, annotated, posted}
     * @param {File|Blob|null} options.file
     * @param {import("../chat_api").ChatApi} options.api
     * @param {Function} [options.send] see `TusUpload`
     * @param {Function} [options.wait] see `TusUpload`
     */
    constructor({ item, options, file, api, send, wait = waitForNetwork }) {
        Object.assign(this, { item, options, file, api, send, wait });
        /** The same key never makes a second media. */
        this.clientKey = item.id;
        this.createdAt = Date.now();
        this.upload = null;
        /** Whether the media service has every byte. */
        this.arrived = false;
        this.meter = new SpeedMeter();
    }

    /**
     * Send what is missing; the item's status says how it goes.
     *
     * @param {AbortSignal} signal
     * @param {() => void} onMedia Odoo knows of it
     * @returns {Promise<void>} settles when all of it has arrived
     * @throws {UploadError|DOMException} refused, or taken back
     */
    async run(signal, onMedia) {
        const { item } = this;
        this.signal = signal;
        this._setStatus("uploading");
        const access = await this._insist(signal, () => this._announce());
        item.mediaId = access.media.id;
        onMedia();
        if (!ARRIVED.has(access.media.state)) {
            if (!access.upload) {
                throw new UploadError("gone");
            }
            await this._transfer(signal, access.upload);
        }
        this.arrived = true;
        item.sent = item.size;
        item.secondsLeft = 0;
        item.speed = 0;
    }

    /** Begin from the beginning, as another media. */
    renew(clientKey) {
        this.clientKey = clientKey;
        this.upload = this.announcement = null;
    }

    async _transfer(signal, access) {
        this.upload ||= new TusUpload({
            file: this.file,
            filename: this.item.name,
            mime: this.item.mime,
            renew: () => this._renew(),
            send: this.send,
            wait: this.wait,
        });
        this.upload.file = this.file;
        this.upload.access = access;
        this.upload.offset = null;
        const unsubscribe = [
            this.upload.on("progress", (sent) => this._noteProgress(sent)),
            this.upload.on("waiting", (waiting) => this._setStatus(waiting ? "waiting" : "uploading")),
        ];
        try {
            await this.upload.run(signal);
        } finally {
            unsubscribe.forEach((stop) => stop());
        }
    }

    // ------------------------------------------------------------------ Odoo

    /** @returns {Promise<{media: object, upload: object}>} Odoo's permission, and what Odoo knows of the media */
    async _announce() {
        const { item, options } = this;
        if (!item.mediaId) {
            this.announcement = this.api.upload({
                filename: item.name,
                size: item.size,
                mime: item.mime,
                kind: item.kind,
                client_key: this.clientKey,
                origin: options.origin || "file",
                ...withValues({
                    caption: options.caption,
                    parent_id: options.parentId,
                    time_code: options.timeCode,
                    annotated: options.annotated,
                    posted: options.posted,
                }),
            });
            return this.announcement;
        }
        try {
            return await this.api.uploadTicket(item.mediaId);
        } catch (error) {
            if (error instanceof ApiError && !error.transient) {
                // No ticket for what has arrived already: an answer that got lost.
                const media = await this.api.media(item.mediaId);
                if (ARRIVED.has(media.state)) {
                    return { media };
                }
            }
            throw error;
        }
    }

    /** A fresh ticket in the middle; a network failure is the transfer's to wait for. */
    async _renew() {
        try {
            return (await this.api.uploadTicket(this.item.mediaId)).upload;
        } catch (error) {
            throw error.transient ? new NetworkFailure("offline") : asUploadError(error);
        }
    }

    /** Ask until there is an answer. */
    async _insist(signal, ask) {
        const backoff = new Backoff({ first: 500, longest: 30000, factor: 2 });
        for (;;) {
            try {
                const answer = await ask();
                if (signal.aborted) {
                    throw aborted();
                }
                return answer;
            } catch (error) {
                if (!error.transient) {
                    throw asUploadError(error);
                }
                if (signal.aborted) {
                    throw aborted();
                }
                this._setStatus("waiting");
                await this.wait(backoff.next(), signal);
            }
        }
    }

    // -------------------------------------------------------------- progress

    _setStatus(status) {
        if (this.signal.aborted) {
            return;
        }
        if (status !== "uploading") {
            this.meter.reset();
            this.item.speed = 0;
            this.item.secondsLeft = null;
        }
        this.item.status = status;
    }

    _noteProgress(sent) {
        const { item, meter } = this;
        if (this.signal.aborted) {
            return;
        }
        const now = performance.now();
        if (sent !== item.size && sent >= item.sent && now - (this.noted || 0) < PROGRESS_INTERVAL) {
            return;
        }
        this.noted = now;
        item.status = "uploading";
        item.sent = sent;
        item.speed = meter.note(sent);
        item.secondsLeft = item.speed ? (item.size - sent) / item.speed : null;
    }
}

const withValues = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** @returns {Error} what ends an upload, whoever refused it */
function asUploadError(error) {
    if (!(error instanceof ApiError)) {
        return error;
    }
    return new UploadError(error.code, [error.sentence, error.nextStep].filter(Boolean).join(" "));
}
