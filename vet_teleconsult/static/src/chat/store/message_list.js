import { markRaw } from "@odoo/owl";

/**
 * The messages of a chat that are loaded: without a gap up to the newest, in the order in which Odoo gave their ids.
 * A message is never changed but replaced, so that whoever shows it sees by identity whether it is still the same.
 */
export class MessageList {
    /** @param {object} state reactive {messages, more} */
    constructor(state) {
        this.state = state;
        this.ids = new Set();
    }

    /** @returns {number} id of the oldest message, or 0 */
    get firstId() {
        return this.state.messages[0]?.id || 0;
    }

    /** @returns {number} id of the newest message, or 0 */
    get lastId() {
        return this.state.messages.at(-1)?.id || 0;
    }

    /**
     * @param {object[]} messages in any order; those known already are replaced
     * @returns {object[]} those that are new
     */
    add(messages) {
        const added = messages.filter(({ id }) => !this.ids.has(id));
        const replacing = new Map(
            messages.filter(({ id }) => this.ids.has(id)).map((message) => [message.id, message])
        );
        if (!messages.length) {
            return added;
        }
        const kept = replacing.size
            ? this.state.messages.map((message) => replacing.get(message.id) || message)
            : this.state.messages;
        this.state.messages = markRaw(
            merge(
                kept,
                added.sort((a, b) => a.id - b.id)
            ).map(markRaw)
        );
        added.forEach(({ id }) => this.ids.add(id));
        return added;
    }

    /**
     * Show a changed file on the message that carries it.
     *
     * @param {object} media
     * @returns {boolean} whether a loaded message carries it
     */
    updateMedia(media) {
        return this._replace(
            (message) => message.media?.some(({ id }) => id === media.id),
            (message) => ({
                media: message.media.map((known) => (known.id === media.id ? { ...media, mine: known.mine } : known)),
            })
        );
    }

    /**
     * Show a document as it is now on the message that carries it.
     *
     * @param {number} messageId
     * @param {object} document
     * @returns {boolean} whether that message is loaded
     */
    updateDocument(messageId, document) {
        return this._replace(
            ({ id }) => id === messageId,
            () => ({ document })
        );
    }

    _replace(isMeant, changes) {
        const index = this.state.messages.findLastIndex(isMeant);
        if (index < 0) {
            return false;
        }
        const messages = [...this.state.messages];
        messages[index] = markRaw({ ...messages[index], ...changes(messages[index]) });
        this.state.messages = markRaw(messages);
        return true;
    }

    /** @returns {object[]} the files of all loaded messages, oldest first */
    get media() {
        return this.state.messages.flatMap((message) => message.media || []);
    }
}

/** Merge two sorted lists; almost always one simply follows the other. */
function merge(messages, added) {
    if (!added.length || !messages.length) {
        return [...messages, ...added];
    }
    if (added[0].id > messages.at(-1).id) {
        return [...messages, ...added];
    }
    if (added.at(-1).id < messages[0].id) {
        return [...added, ...messages];
    }
    return [...messages, ...added].sort((a, b) => a.id - b.id);
}
