import { JsonApi } from "../core/json_api";

/**
 * Odoo's JSON-RPC routes of one chat (`/vet_teleconsult/chat/...`), and of a vet's chats.
 */
export class ChatApi extends JsonApi {
    /**
     * @param {object} options see `JsonApi`, and one of the first two; neither for what is asked about all chats
     * @param {number|null} [options.chatId]
     * @param {number|null} [options.consultationId] whose chat it is
     * @param {string|null} [options.accessToken] the owner's link or room token; others have a session instead
     */
    constructor({ chatId = null, consultationId = null, accessToken = null, ...options } = {}) {
        super({
            ...options,
            prefix: "/vet_teleconsult/chat",
            identity: {
                ...(chatId ? { chat_id: chatId } : {}),
                ...(consultationId ? { consultation_id: consultationId } : {}),
                ...(accessToken ? { access_token: accessToken } : {}),
            },
        });
        this.chatId = chatId;
        this.consultationId = consultationId;
        this.accessToken = accessToken;
    }

    /** @returns {Promise<object>} the chat with its last messages: everything that a page needs to show it */
    open() {
        return this.request("open", {}, { attempts: 3 });
    }

    /**
     * @param {object} range one of the first two
     * @param {number} [range.beforeId] only messages before this one: the last of them
     * @param {number} [range.afterId] only messages after this one: the first of them
     * @param {number} [range.limit] how many at most; 100 is the most that Odoo gives
     * @returns {Promise<{messages: object[], more: boolean}>} oldest first
     */
    messages({ beforeId, afterId, limit = 50 } = {}) {
        const range = beforeId === undefined ? { after_id: afterId || 0 } : { before_id: beforeId };
        return this.request("messages", { ...range, limit }, { attempts: 2 });
    }

    /**
     * Post a message. The same `clientKey` never makes a second one.
     *
     * @param {string} body plain text
     * @param {string} clientKey
     * @param {number[]} [mediaIds] media of the same patient; vets only
     * @returns {Promise<object>} the message
     */
    sendMessage(body, clientKey, mediaIds = []) {
        return this.request("message", { body, client_key: clientKey, media_ids: mediaIds });
    }

    /** @param {number} messageId everything up to this one has been read */
    read(messageId) {
        return this.request("read", { message_id: messageId });
    }

    /** @param {boolean} looking whether this participant has the thread before their eyes */
    look(looking) {
        return this.request("look", { looking }, { keepalive: !looking });
    }

    /** @param {boolean} typing */
    typing(typing) {
        return this.request("typing", { typing });
    }

    /**
     * Announce a file. The same `client_key` gives the same media with a fresh ticket.
     *
     * @param {object} values {filename, size, mime, client_key, kind?, origin, caption?, parent_id?, time_code?,
     *   annotated?, posted?}
     * @returns {Promise<{media: object, upload: {url: string, ticket: string, expires_at: string}}>}
     */
    upload(values) {
        return this.request("upload", values, { attempts: 3 });
    }

    /** @returns {Promise<{media: object, upload: object}>} a fresh ticket for a file that is not all there yet */
    uploadTicket(mediaId) {
        return this.request("upload_ticket", { media_id: mediaId }, { attempts: 2 });
    }

    /** @returns {Promise<{media: object}>} */
    cancelUpload(mediaId) {
        return this.request("upload_cancel", { media_id: mediaId }, { attempts: 2 });
    }

    /** @returns {Promise<object>} the media with fresh addresses */
    media(mediaId) {
        return this.request("media", { media_id: mediaId }, { attempts: 2 });
    }

    /** @returns {Promise<object>} the media, which is worked on again */
    retryMedia(mediaId) {
        return this.request("media_retry", { media_id: mediaId });
    }

    // ---------------------------------------------------------------- vets

    /**
     * @param {"claim"|"release"|"lock"|"unlock"|"end"|"reopen"|"hand_over"} action
     * @param {object} [values] {user_id?, lock?, mail_transcript?}
     * @returns {Promise<object>} the chat afterwards
     */
    workflow(action, values = {}) {
        return this.request("workflow", { action, ...values });
    }

    /**
     * @param {number|null} [beforeId] only files before this one
     * @returns {Promise<{media: object[], more: boolean}>} the patient's files that the thread does not show, newest first
     */
    patientMedia(beforeId = null) {
        return this.request("patient_media", { before_id: beforeId }, { attempts: 2 });
    }

    /**
     * @param {object} values {media_id, kind, value, unit, method, count, start, end}
     * @returns {Promise<{id: number}>}
     */
    saveObservation(values) {
        return this.request("observation", values);
    }

    /**
     * @param {object} values {filter: "mine"|"unassigned"|"all", search, ended, limit, offset}
     * @returns {Promise<{chats: object[], counts: object, more: boolean}>}
     */
    inbox(values) {
        return this.request("inbox", values, { attempts: 2 });
    }

    /** @returns {Promise<{id: number, name: string}[]>} to whom a chat can be handed over */
    colleagues() {
        return this.request("colleagues", {}, { attempts: 2 });
    }
}
