import { Backoff } from "../../core/backoff";
import { randomIdentifier } from "../../core/identifier";
import { recordingNews, RecordingStore } from "./recording_store";
import { keepAwake } from "../../room/wake_lock";
import { checkFile } from "./file_check";
import { declaredType, kindOfType } from "./file_type";
import { hold } from "./locks";
import { isFinal, uploadSentence } from "./upload_sentences";
import { UploadError } from "./upload_error";
import { UploadStore } from "./upload_store";
import { UploadTask } from "./upload_task";
import { choosingProblem } from "./choose_again";
import { waitForNetwork } from "./wait_for_network";

/** More at once only share the same network. */
const AT_ONCE = 3;
/** Milliseconds that a row stays after its file has arrived; the thread shows the file itself. */
const LINGERING = 10000;
/** What a browser can draw from a file as it is; iPhones' HEIC only Safari can. */
const DRAWABLE = /^image\/(jpeg|png|gif|webp|avif|bmp)$/;

const lockName = (id) => `vet_teleconsult.upload.${id}`;

/**
 * The files that one participant sends into one chat: three at once, over any network, past the end of the page.
 *
 * The state's `items`, in the order in which they were added:
 * {id, name, size, kind, mime, previewUrl, status, sent, speed, secondsLeft, problem, retryable, mediaId, kept, elsewhere,
 * origin}. `status` is `queued`, `uploading`, `paused`, `waiting` (for the network), `checking` (all is there, the
 * clinic looks at it), `done`, `failed` or `needs-file` (the browser could not keep the file: it has to be chosen
 * again). `kept` says what outlives the page: `file`, `name` or `none`; null as long as that is not clear. `elsewhere`: another tab of this browser has it. `recordings` are those
 * made in this page's recorder that nobody has sent: {id, title, mimeType, startedAt, seconds, size}.
 */
export class UploadQueue {
    static makeState() {
        return { items: [], recordings: [] };
    }

    /**
     * @param {object} options
     * @param {import("../chat_api").ChatApi} options.api
     * @param {{items: object[]}} options.state `reactive(UploadQueue.makeState())`
     * @param {{max_bytes: number, accept: string[]}} options.limits
     * @param {string} options.owner who sends into which chat: under this key the browser keeps what is unfinished
     * @param {UploadStore} [options.store]
     * @param {Function} [options.send] one HTTP request, as `sendRequest`
     * @param {Function} [options.wait] for the network, as `waitForNetwork`
     * @param {number} [options.lingering] milliseconds
     */
    constructor({ api, state, limits, owner, store, send, wait = waitForNetwork, lingering = LINGERING }) {
        Object.assign(this, { api, state, limits, owner, send, wait, lingering });
        this.store = store || new UploadStore(owner);
        this.recordings = new RecordingStore(owner);
        /** @type {Map<string, object>} what belongs to each item and is nobody's to see */
        this.entries = new Map();
        this.closing = new AbortController();
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
        this._dismissDone();
        return [...files].map((file) => {
            const mime = declaredType(file);
            const entry = this._open(
                { id: randomIdentifier(), name: file.name || "", size: file.size, kind: kindOfType(mime), mime },
                { file, options }
            );
            this._prepare(entry);
            return entry.item.id;
        });
    }

    /** An item that never was a file: a folder that somebody dropped. */
    refuse(name, sentence) {
        const entry = this._open({ id: randomIdentifier(), name, size: 0, kind: "document", mime: "" }, {});
        this._fail(entry, new UploadError("invalid", sentence), sentence);
    }

    _open(values, { file = null, options = {}, createdAt = Date.now() }) {
        const blank = { previewUrl: null, status: "queued", sent: 0, speed: 0, secondsLeft: null, problem: null };
        const rest = {
            retryable: false,
            mediaId: null,
            kept: null,
            elsewhere: false,
            origin: options.origin || "file",
        };
        this.state.items.push({ ...blank, ...rest, ...values });
        const item = this.state.items.at(-1);
        const task = new UploadTask({ item, options, file, api: this.api, send: this.send, wait: this.wait });
        const entry = { item, task, createdAt, ready: false, abort: null, gone: null };
        entry.whenGone = new Promise((resolve) => (entry.gone = resolve));
        this.entries.set(item.id, entry);
        return entry;
    }

    async _prepare(entry) {
        const { item, task } = entry;
        try {
            Object.assign(item, await checkFile(task.file, this.limits));
        } catch (error) {
            this._fail(entry, error, error.sentence);
            return;
        }
        this._show(entry);
        this._own(entry);
        this._keep(entry);
        entry.ready = true;
        this._fill();
    }

    /** In the background: a slow disk does not hold up the network. */
    async _keep(entry) {
        const { item, task } = entry;
        const { name, size, mime, kind, id } = item;
        const { file, options, clientKey } = task;
        const { lastModified = null } = file;
        const { createdAt } = entry;
        const record = { id, name, size, mime, kind, lastModified, options, clientKey, createdAt };
        const known = await this.store.keep({ ...record, mediaId: item.mediaId, paused: false, cancelled: false });
        const kept = known && (await this.store.keepFile(id, file));
        item.kept = kept ? "file" : known ? "name" : "none";
        if (entry.finished) {
            // It was faster than the disk.
            await this.store.forget(id);
        } else if (item.mediaId) {
            await this.store.change(id, { mediaId: item.mediaId });
        }
    }

    _show({ item, task }) {
        if (item.previewUrl || !task.file) {
            return;
        }
        if (DRAWABLE.test(item.mime) || item.kind === "video") {
            item.previewUrl = URL.createObjectURL(task.file);
        }
    }

    // --------------------------------------------------------------- sending

    _fill() {
        if (this.closing.signal.aborted) {
            this._stayAwake();
            return;
        }
        const running = [...this.entries.values()].filter(({ abort }) => abort).length;
        const next = [...this.entries.values()].filter(
            ({ item, ready, abort }) => item.status === "queued" && ready && !abort
        );
        next.slice(0, Math.max(0, AT_ONCE - running)).forEach((entry) => this._run(entry));
        this._stayAwake();
    }

    async _run(entry) {
        const { task } = entry;
        const abort = new AbortController();
        entry.abort = abort;
        try {
            await task.run(abort.signal, () => this._announced(entry));
            if (!abort.signal.aborted) {
                this._arrived(entry);
            }
        } catch (error) {
            if (!abort.signal.aborted) {
                this._failed(entry, error);
            }
        } finally {
            if (entry.abort === abort) {
                entry.abort = null;
            }
            this._fill();
        }
    }

    _announced({ item }) {
        this.store.change(item.id, { mediaId: item.mediaId });
        // Odoo listed it as one whose answer had got lost.
        for (const other of [...this.entries.values()]) {
            if (other.item.mediaId === item.mediaId && other.item.id !== item.id) {
                this._remove(other);
            }
        }
    }

    _failed(entry, error) {
        if (error.code === "unreadable") {
            this._recover(entry);
            return;
        }
        if (!(error instanceof UploadError)) {
            console.error(error);
        }
        if (error.code === "gone" || error.code === "http_404") {
            // Trying again makes a new media: the clinic's systems have let go of this one.
            entry.item.mediaId = null;
            entry.task.clientKey = randomIdentifier();
            entry.task.upload = null;
        }
        this._fail(entry, error, uploadSentence(error));
        if (!entry.item.retryable) {
            this._forget(entry);
        }
    }

    _fail({ item }, { code }, sentence) {
        Object.assign(item, {
            status: "failed",
            problem: sentence,
            retryable: !isFinal(code),
            speed: 0,
            secondsLeft: null,
        });
    }

    /** The file was changed or moved while it was being sent: the browser may have kept a copy. */
    async _recover(entry) {
        const { item, task } = entry;
        const copy = await this.store.file(item.id);
        if (copy && copy !== task.file && !entry.recovered) {
            entry.recovered = true;
            task.file = copy;
            item.status = "queued";
            this._fill();
        } else {
            this._needFile(entry, uploadSentence({ code: "unreadable" }));
        }
    }

    _needFile({ item }, sentence) {
        Object.assign(item, { status: "needs-file", problem: sentence, speed: 0, secondsLeft: null });
    }

    _arrived(entry) {
        entry.item.status = "checking";
        this._forget(entry);
        this._confirm(entry);
    }

    _forget(entry, { arrived = true } = {}) {
        entry.finished = true;
        return this.store.forget(entry.item.id, { arrived });
    }

    /** Odoo tells by `mediaChanged`; where live updates do not come through, it is asked. */
    async _confirm({ item }) {
        const backoff = new Backoff({ first: 4000, longest: 60000, factor: 1.5 });
        const { signal } = this.closing;
        while (item.status === "checking" && !signal.aborted) {
            try {
                await this.wait(backoff.next(), signal);
                if (item.status === "checking") {
                    this.mediaChanged(await this.api.media(item.mediaId));
                }
            } catch {
                // Asked again, or closed.
            }
        }
    }

    /** @param {object} media what Odoo says of a file now, from the bus or an answer */
    mediaChanged(media) {
        const entry = [...this.entries.values()].find(({ item }) => item.mediaId === media.id);
        if (!entry || entry.item.status === "done") {
            return;
        }
        if (media.state === "ready" || media.state === "processing") {
            this._finish(entry);
        } else if (media.state === "failed") {
            this._stop(entry);
            this._forget(entry);
            entry.task.arrived = true;
            this._fail(entry, {}, media.problem || uploadSentence({ code: media.problem_code }));
            entry.item.retryable = Boolean(media.retryable);
        } else if (media.state === "cancelled" || media.state === "deleted") {
            this._forget(entry);
            this._remove(entry);
        }
    }

    _finish(entry) {
        this._stop(entry);
        this._forget(entry);
        const { item } = entry;
        Object.assign(item, {
            status: "done",
            sent: item.size,
            speed: 0,
            secondsLeft: 0,
            problem: null,
            elsewhere: false,
        });
        entry.timer = setTimeout(() => this._remove(entry), this.lingering);
        this._fill();
    }

    // --------------------------------------------------------------- buttons

    pause(id) {
        this._with(id, (entry) => {
            this._stop(entry);
            entry.item.status = "paused";
            this.store.change(id, { paused: true });
            this._fill();
        });
    }

    /** Go on; with what another tab has, here instead of there. */
    resume(id) {
        this._with(id, (entry) => {
            if (entry.item.elsewhere) {
                this._own(entry, { steal: true });
                return;
            }
            this.store.change(id, { paused: false });
            this._queue(entry);
        });
    }

    retry(id) {
        this._with(id, async (entry) => {
            const { item, task } = entry;
            if (!task.arrived) {
                this._queue(entry);
                return;
            }
            Object.assign(item, { status: "checking", problem: null });
            try {
                this.mediaChanged(await this.api.retryMedia(item.mediaId));
                this._confirm(entry);
            } catch (error) {
                this._fail(entry, error, uploadSentence(error));
                item.retryable = true;
            }
        });
    }

    _queue({ item }) {
        Object.assign(item, { status: "queued", problem: null });
        this._fill();
    }

    /** Take it back: it leaves the list at once, and the clinic's systems as soon as they can be told. */
    cancel(id) {
        this._with(id, (entry) => {
            const { item, task } = entry;
            entry.finished = true;
            this._remove(entry);
            if (item.status !== "done" && (item.mediaId || task.announcement)) {
                this._takeBack(item, task.announcement);
            } else {
                this._forget(entry, { arrived: item.status === "done" });
            }
        });
    }

    async _takeBack(item, announcement) {
        const { signal } = this.closing;
        await this.store.change(item.id, { cancelled: true });
        const backoff = new Backoff({ first: 1000, longest: 60000, factor: 2 });
        while (!signal.aborted) {
            try {
                const mediaId = item.mediaId || (await announcement?.catch(() => null))?.media.id;
                if (mediaId) {
                    await this.api.cancelUpload(mediaId);
                }
                await this.store.forget(item.id, { arrived: false });
                return;
            } catch (error) {
                if (!error.transient) {
                    // It has arrived already, or is gone: nothing is left to take back.
                    await this.store.forget(item.id);
                    return;
                }
                await this.wait(backoff.next(), signal).catch(() => {});
            }
        }
    }

    /** Put away a row that is over. */
    dismiss(id) {
        this._with(id, (entry) => (entry.task.arrived ? this._remove(entry) : this.cancel(id)));
    }

    /**
     * The file that an item waits for was chosen again.
     *
     * @param {string} id
     * @param {File} file
     */
    chooseAgain(id, file) {
        this._with(id, async (entry) => {
            const { item, task } = entry;
            const problem = choosingProblem(file, item, entry.lastModified);
            if (problem) {
                item.problem = problem;
                return;
            }
            task.file = file;
            entry.recovered = false;
            entry.ready = true;
            item.mime ||= declaredType(file);
            this._show(entry);
            this._queue(entry);
            this._keep(entry);
        });
    }

    _with(id, work) {
        const entry = this.entries.get(id);
        return entry && work(entry);
    }

    // ------------------------------------------------------------ after a reload

    /**
     * Go on with what an earlier page began.
     *
     * @param {object[]} uploads `uploads` of the chat: one's own media that Odoo still waits for
     */
    async restore(uploads) {
        const records = await this.store.list();
        for (const record of records.filter(({ id }) => !this.entries.has(id))) {
            if (record.cancelled) {
                this._takeBack(record, null);
            } else {
                await this._restoreRecord(record);
            }
        }
        const known = new Set(records.map(({ mediaId }) => mediaId));
        for (const media of uploads || []) {
            const isShown = [...this.entries.values()].some(({ item }) => item.mediaId === media.id);
            if (!known.has(media.id) && !isShown) {
                this._restoreMedia(media);
            }
        }
        this._fill();
        await this._findRecordings();
    }

    async _restoreRecord({ id, name, size, mime, kind, mediaId, lastModified, options, clientKey, createdAt, paused }) {
        const file = await this.store.file(id);
        if (this.closing.signal.aborted || this.entries.has(id)) {
            return;
        }
        const entry = this._open({ id, name, size, mime, kind, mediaId }, { file, options, createdAt });
        entry.lastModified = lastModified;
        entry.task.clientKey = clientKey;
        entry.paused = paused;
        entry.item.kept = file ? "file" : "name";
        this._show(entry);
        Object.assign(entry.item, { status: "paused", elsewhere: true });
        await this._own(entry, { first: true });
    }

    /** Begun on another device, or before this browser forgot it. */
    _restoreMedia(media) {
        const values = { id: `media-${media.id}`, name: media.name, size: media.size, kind: media.kind };
        const entry = this._open(
            { ...values, mime: media.mime, mediaId: media.id },
            { options: { origin: media.origin } }
        );
        this._needFile(entry, null);
    }

    // ------------------------------------------------------- unsent recordings

    async _findRecordings() {
        const recordings = await this.recordings.unsent();
        if (!this.closing.signal.aborted) {
            this.state.recordings = recordings;
        }
    }

    /** @param {string} id of a recording that a page left behind */
    async sendRecording(id) {
        const file = await this.recordings.file(id);
        if (file) {
            this.add([file], { origin: "recorded" });
        } else {
            await this.recordings.forget(id);
        }
    }

    /** @param {string} id */
    discardRecording(id) {
        return this.recordings.forget(id);
    }

    // ------------------------------------------------------------- other tabs

    /**
     * An item belongs to one tab at a time, until it is gone: the others wait for it.
     *
     * @returns {Promise<void>} settles when it is clear whether this tab has it
     */
    _own(entry, { steal = false } = {}) {
        entry.waiting?.abort();
        const waiting = new AbortController();
        entry.waiting = waiting;
        return new Promise((resolve) => {
            const held = hold(lockName(entry.item.id), { signal: waiting.signal, steal }, async () => {
                await this._owned(entry);
                resolve();
                await entry.whenGone;
            });
            held.catch(() => this._lost(entry, waiting)).finally(resolve);
            // Somebody else has it: the answer comes when they let go.
            setTimeout(resolve, 300);
        });
    }

    async _owned(entry) {
        const { item, task } = entry;
        if (!item.elsewhere) {
            return;
        }
        const record = await this.store.get(item.id);
        if (!record) {
            // The other tab has finished it.
            this._remove(entry);
            return;
        }
        Object.assign(item, { elsewhere: false, mediaId: record.mediaId });
        entry.ready = Boolean(task.file);
        if (!task.file) {
            this._needFile(entry, null);
        } else if (record.paused) {
            item.status = "paused";
        } else {
            this._queue(entry);
        }
    }

    /** Another tab has taken it over. */
    _lost(entry, waiting) {
        if (waiting.signal.aborted || this.closing.signal.aborted || !this.entries.has(entry.item.id)) {
            return;
        }
        this._stop(entry);
        Object.assign(entry.item, { status: "paused", elsewhere: true });
        this._own(entry);
    }

    // ------------------------------------------------------------------ ends

    _stop(entry) {
        entry.abort?.abort();
        entry.abort = null;
        Object.assign(entry.item, { speed: 0, secondsLeft: null });
    }

    _remove(entry) {
        const { item } = entry;
        this._stop(entry);
        clearTimeout(entry.timer);
        this.entries.delete(item.id);
        const index = this.state.items.findIndex(({ id }) => id === item.id);
        if (index >= 0) {
            this.state.items.splice(index, 1);
        }
        if (item.previewUrl) {
            URL.revokeObjectURL(item.previewUrl);
        }
        entry.waiting?.abort();
        entry.gone();
        this._fill();
    }

    _dismissDone() {
        for (const entry of [...this.entries.values()].filter(({ item }) => item.status === "done")) {
            this._remove(entry);
        }
    }

    _stayAwake() {
        const running = [...this.entries.values()].some(({ abort }) => abort);
        if (running && !this.sleep) {
            this.sleep = keepAwake();
        } else if (!running && this.sleep) {
            this.sleep();
            this.sleep = null;
        }
    }

    _beforeUnload(event) {
        const isLost = ({ item, abort }) => abort && item.kept !== "file";
        if ([...this.entries.values()].some(isLost)) {
            event.preventDefault();
        }
    }

    /** The page goes; what is unfinished goes on with the next one. */
    close() {
        this.closing.abort();
        this._stopNews();
        window.removeEventListener("beforeunload", this._onBeforeUnload);
        for (const entry of [...this.entries.values()]) {
            this._remove(entry);
        }
    }
}
