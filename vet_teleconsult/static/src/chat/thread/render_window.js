/** Messages rendered at first, and after a jump to the newest. */
const SIZE = 80;
/** How many more at a time. */
const STEP = 60;
/** Never more than this: beyond it, those at the far end go. */
export const LIMIT = 240;

/**
 * Which of the loaded messages are rendered. Held by ids, so that messages that come in before or behind it move
 * nothing: `firstId` to `lastId`, or to the newest where `lastId` is null.
 */
export class RenderWindow {
    /** @param {{firstId: number, lastId: number|null}} state reactive, of `makeState` */
    constructor(state) {
        this.state = state;
    }

    static makeState() {
        return { firstId: 0, lastId: null };
    }

    /** @returns {[number, number]} indexes of the first message rendered, and of the one behind the last */
    range(messages) {
        const { firstId, lastId } = this.state;
        return [indexOf(messages, firstId), lastId === null ? messages.length : indexOf(messages, lastId + 1)];
    }

    /** @returns {boolean} whether the newest message is among them */
    get atNewest() {
        return this.state.lastId === null;
    }

    /** Render the last messages, at least back to the one with this id, if that is not too far. */
    showNewest(messages, fromId = null) {
        let start = messages.length - SIZE;
        if (fromId !== null) {
            start = Math.max(Math.min(start, indexOf(messages, fromId) - 5), messages.length - LIMIT);
        }
        this._set(messages, start, messages.length);
    }

    /** @returns {boolean} whether there were older messages to render */
    showOlder(messages) {
        const [start, end] = this.range(messages);
        if (!start) {
            return false;
        }
        const first = Math.max(0, start - STEP);
        this._set(messages, first, Math.min(end, first + LIMIT));
        return true;
    }

    /** @returns {boolean} whether there were newer messages to render */
    showNewer(messages) {
        const [start, end] = this.range(messages);
        if (end >= messages.length) {
            return false;
        }
        const last = Math.min(messages.length, end + STEP);
        this._set(messages, Math.max(start, last - LIMIT), last);
        return true;
    }

    /** Let go of messages at the far end after new ones came in: far from where the reader is. */
    trim(messages, readerAtEnd) {
        const [start, end] = this.range(messages);
        if (end - start <= LIMIT) {
            return;
        }
        if (readerAtEnd) {
            this._set(messages, end - SIZE, end);
        } else {
            this._set(messages, start, start + LIMIT);
        }
    }

    _set(messages, start, end) {
        this.state.firstId = messages[Math.max(0, start)]?.id || 0;
        this.state.lastId = end < messages.length ? messages[end - 1].id : null;
    }
}

/** @returns {number} index of the first message with at least this id (binary search) */
function indexOf(messages, id) {
    let low = 0;
    let high = messages.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (messages[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
