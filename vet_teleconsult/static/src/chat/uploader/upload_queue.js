import { randomIdentifier } from "../../core/identifier";
import { keepAwake } from "../../room/wake_lock";
import { declaredType, kindOfType } from "./file_type";
import { recordingNews, recordingOf, RecordingStore } from "./recording_store";
import { takeBack } from "./take_back";
import { Upload } from "./upload";
import { UploadStore } from "./upload_store";
import { waitForNetwork } from "./wait_for_network";

/** More at once only share the same network. */
const AT_ONCE = 3;
/** Milliseconds that a row stays after its file has arrived; the thread shows the file itself. */
const LINGERING = 10000;

/** The queues of this page by their owner. */
const shared = new Map();

/**
 * The files that one participant sends into one chat: three at once, over any network, past the end of the page.
 *
 * The state's `items`, in the order in which they were added:
 * {id, name, size, kind, mime, previewUrl, status, sent, speed, secondsLeft, problem, retryable, mediaId, kept, elsewhere,
 * origin}. `status` is `queued`, `uploading`, `paused`, `waiting` (for the network), `checking` (all is there, the
 * clinic looks at it), `done`, `failed` or `needs-file` (the browser could not keep the file: it has to be chosen
 * again). `kept` says what outlives the page: `file`, `name` or `none`; null as long as that is not clear. `elsewhere`:
 * another tab of this browser has it. `recordings` are those made in this page's recorder that nobody has sent:
 * {id, title, mimeType, startedAt, seconds, size}.
 */
export class UploadQueue {
    static makeState() {
        return { items: [], recordings: [] };
    }

    /**
     * The queue of an owner in this page: whoever leaves a thread and comes back finds the uploads going on. It is
     * closed like any other; what is being sent goes on all the same.
     *
     * @param {object} options as for the constructor
     * @returns {UploadQueue}
     */
    static of(options) {
        const queue = shared.get(options.owner) || new UploadQueue(options);
        shared.set(options.owner, queue);
        Object.assign(queue, { api: options.api, limits: options.limits });
        queue.users += 1;
        return queue;
    }

    /**
     * @param {object} options
     * @param {import("../chat_api").ChatApi} options.api
     * @param {{items: object[]}} options.state `reactive(UploadQueue.makeState())`
     * @param {{max_bytes: number, accept: string[]}} options.limits
     * @param {string} options.owner who sends into which chat: under this key the browser keeps what is unfinished
     * @param {UploadStore} [options.store]
     * @param {RecordingStore} [options.recordings]
     * @param {Function} [options.send] one HTTP request, as `sendRequest`
     * @param {Function} [options.wait] for the network, as `waitForNetwork`
     * @param {number} [options.lingering] milliseconds
     */
    constructor({ api, state, limits, owner, store, recordings, send, wait = waitForNetwork, lingering = LINGERING }) {
        Object.assign(this, { api, state, limits, owner, send, wait, lingering });
        this.store = store || new UploadStore(owner);
        this.recordings = recordings || new RecordingStore(owner);
        /** @type {Map<string, Upload>} */
        this.uploads = new Map();
        this.closing = new AbortController();
        /** How many threads show it, where it is shared. */
        this.users = 0;
        this._onBeforeUnload = (event) => this._beforeUnload(event);
        window.addEventListener("beforeunload", this._onBeforeUnload);
        this._stopNews = recordingNews.on("changed", () => this._findRecordings());
    }

    // ---------------------------------------------------------------- adding

    /**
     * Send files. Those that cannot be sent become failed items with a sentence, before any byte has left.
     *
     * @param {Iterable<File>} files
     * @param {object} [options]
     * @param {"file"|"camera"|"recorded"|"screen"|"still"} [options.origin]
     * @param {string} [options.caption]
     * @param {number} [options.parentId] media that a still was taken from
     * @param {number} [options.timeCode] seconds; where in it
     * @param {boolean} [options.annotated]
     * @param {boolean} [options.posted] whether it becomes a message
     * @returns {string[]} the items' ids
     */
    add(files, options = {}) {
        [...this.uploads.values()].filter(({ item }) => item.status === "done").forEach((upload) => upload.remove());
        return [...files].map((file) => {
            const mime = declaredType(file);
            const values = {
                id: randomIdentifier(),
                name: file.name || "",
                size: file.size,
                kind: kindOfType(mime),
                mime,
            };
            const upload = this._open(values, { file, options });
            upload.prepare();
            return upload.item.id;
        });
    }

    /**
     * An item that never was a file: a folder that somebody dropped.
     *
     * @param {string} name
     * @param {string} sentence
     */
    refuse(name, sentence) {
        const values = { id: randomIdentifier(), name, size: 0, kind: "document", mime: "" };
        this._open(values).fail({ code: "invalid" }, sentence);
    }

    _open(values, known = {}) {
        const progress = { status: "queued", sent: 0, speed: 0, secondsLeft: null, problem: null, retryable: false };
        const origin = known.options?.origin || "file";
        this.state.items.push({
            ...progress,
            ...{ previewUrl: null, mediaId: null, kept: null, elsewhere: false, origin },
            ...values,
        });
        const upload = new Upload(this, this.state.items.at(-1), known);
        this.uploads.set(values.id, upload);
        return upload;
    }

    // ------------------------------------------------------- told by its items

    /** Whoever is next begins while there is room; told of every change. */
    fill() {
        const uploads = [...this.uploads.values()];
        if (!this.closing.signal.aborted) {
            const room = AT_ONCE - uploads.filter(({ isRunning }) => isRunning).length;
            const next = uploads.filter(({ isNext }) => isNext);
            next.slice(0, Math.max(0, room)).forEach((upload) => upload.run());
        }
        this._stayAwake(uploads.some(({ isRunning }) => isRunning));
        if (this.users <= 0 && shared.get(this.owner) === this) {
            this._endWhenIdle();
        }
    }

    /** Odoo has given it a media. */
    announced({ item }) {
        this.store.change(item.id, { mediaId: item.mediaId });
        // Odoo listed it as one whose answer had got lost.
        [...this.uploads.values()]
            .filter((other) => other.item.mediaId === item.mediaId && other.item.id !== item.id)
            .forEach((other) => other.remove());
    }

    drop({ item: { id } }) {
        this.uploads.delete(id);
        const index = this.state.items.findIndex((item) => item.id === id);
        if (index >= 0) {
            this.state.items.splice(index, 1);
        }
        this.fill();
    }

    _stayAwake(isRunning) {
        if (isRunning && !this.sleep) {
            this.sleep = keepAwake();
        } else if (!isRunning && this.sleep) {
            this.sleep();
            this.sleep = null;
        }
    }

    // --------------------------------------------------------- told by others

    /** @param {object} media what Odoo says of a file now, from the bus or an answer */
    mediaChanged(media) {
        const upload = [...this.uploads.values()].find(({ item }) => item.mediaId === media.id);
        upload?.mediaChanged(media);
    }

    pause(id) {
        this.uploads.get(id)?.pause();
    }

    /** Go on; with what another tab has, here instead of there. */
    resume(id) {
        this.uploads.get(id)?.resume();
    }

    retry(id) {
        return this.uploads.get(id)?.retry();
    }

    /** Do not send it: nothing of it stays with the clinic. */
    cancel(id) {
        this.uploads.get(id)?.cancel();
    }

    /** Put away a row that is over. */
    dismiss(id) {
        this.uploads.get(id)?.dismiss();
    }

    /**
     * The file that an item waits for was chosen again.
     *
     * @param {string} id
     * @param {File} file
     */
    chooseAgain(id, file) {
        this.uploads.get(id)?.chooseAgain(file);
    }

    // --------------------------------------------------------- after a reload

    /**
     * Go on with what an earlier page began.
     *
     * @param {object[]} uploads `uploads` of the chat: one's own media that Odoo still waits for
     */
    async restore(uploads) {
        const records = await this.store.list();
        for (const record of records.filter(({ id }) => !this.uploads.has(id))) {
            if (record.cancelled) {
                takeBack(this, record);
            } else {
                await this._restoreRecord(record);
            }
        }
        const known = new Set(records.map(({ mediaId }) => mediaId));
        [...this.uploads.values()].forEach(({ item }) => known.add(item.mediaId));
        for (const media of (uploads || []).filter(({ id }) => !known.has(id))) {
            this._restoreMedia(media);
        }
        await this._findRecordings();
    }

    async _restoreRecord({ id, name, size, mime, kind, mediaId, ...known }) {
        const file = await this.store.file(id);
        if (this.closing.signal.aborted || this.uploads.has(id)) {
            return;
        }
        const kept = file ? "file" : "name";
        await this._open({ id, name, size, mime, kind, mediaId, kept }, { ...known, file }).restore();
    }

    /** Begun on another device, or before this browser forgot it. */
    _restoreMedia({ id, name, size, kind, mime, origin }) {
        this._open({ id: `media-${id}`, name, size, kind, mime, mediaId: id }, { options: { origin } }).needFile();
    }

    // ------------------------------------------------------- unsent recordings

    async _findRecordings() {
        const recordings = await this.recordings.unsent();
        const taken = new Set([...this.uploads.values()].map(({ task }) => recordingOf(task.file)));
        if (!this.closing.signal.aborted) {
            this.state.recordings = recordings.filter(({ id }) => !taken.has(id));
        }
    }

    /** @param {string} id of a recording that a page left behind */
    async sendRecording(id) {
        const file = await this.recordings.file(id);
        if (file) {
            this.add([file], { origin: "recorded" });
            await this._findRecordings();
        } else {
            await this.recordings.forget(id);
        }
    }

    /** @param {string} id */
    discardRecording(id) {
        return this.recordings.forget(id);
    }

    // -------------------------------------------------------------------- end

    _beforeUnload(event) {
        const isLost = ({ item, isRunning }) => isRunning && item.kept !== "file";
        if ([...this.uploads.values()].some(isLost)) {
            event.preventDefault();
        }
    }

    /** Nobody shows it any more. What rests is found again by the next one. */
    close() {
        this.users -= 1;
        if (shared.get(this.owner) !== this) {
            this._end();
        } else if (this.users <= 0) {
            this._endWhenIdle();
        }
    }

    _endWhenIdle() {
        if (![...this.uploads.values()].some(({ isBusy }) => isBusy)) {
            shared.delete(this.owner);
            this._end();
        }
    }

    _end() {
        this.closing.abort();
        this._stopNews();
        window.removeEventListener("beforeunload", this._onBeforeUnload);
        [...this.uploads.values()].forEach((upload) => upload.remove());
    }
}
