import { Backoff } from "../../core/backoff";
import { randomIdentifier } from "../../core/identifier";
import { choosingProblem } from "./choose_again";
import { checkFile } from "./file_check";
import { declaredType } from "./file_type";
import { Possession } from "./possession";
import { takeBack } from "./take_back";
import { UploadError } from "./upload_error";
import { isFinal, uploadSentence } from "./upload_sentences";
import { UploadTask } from "./upload_task";

/** What a browser can draw from a file as it is; iPhones' HEIC only Safari can. */
const DRAWABLE = /^image\/(jpeg|png|gif|webp|avif|bmp)$/;
const BUSY = new Set(["queued", "uploading", "waiting", "checking"]);

/**
 * One item of the queue, from the moment when somebody chose a file until it is over.
 */
export class Upload {
    /**
     * @param {import("./upload_queue").UploadQueue} queue whose item it is; told of changes by `fill` and `drop`
     * @param {object} item of the queue's state
     * @param {object} [known]
     * @param {File|Blob|null} [known.file]
     * @param {object} [known.options] of `UploadQueue.add`
     * @param {string} [known.clientKey]
     * @param {number} [known.createdAt]
     * @param {number|null} [known.lastModified] of the file
     */
    constructor(queue, item, { file = null, options = {}, clientKey, createdAt = Date.now(), lastModified } = {}) {
        Object.assign(this, { queue, item, createdAt, lastModified: lastModified ?? file?.lastModified ?? null });
        const { api, send, wait } = queue;
        this.task = new UploadTask({ item, options, file, api, send, wait });
        this.task.clientKey = clientKey || item.id;
        /** Whether there is a file that may be sent. */
        this.ready = false;
        /** @type {AbortController|null} while it is being sent */
        this.abort = null;
        /** Whether nothing of it is to be kept any more. */
        this.finished = false;
        this.possession = new Possession(`vet_teleconsult.upload.${item.id}`, {
            onTaken: () => this._taken(),
            onLost: () => this._lost(),
        });
    }

    get isRunning() {
        return Boolean(this.abort);
    }

    /** Whether it only waits for its turn. */
    get isNext() {
        return this.item.status === "queued" && this.ready && !this.abort;
    }

    /** Whether it goes on without anybody doing anything. */
    get isBusy() {
        return BUSY.has(this.item.status);
    }

    _set(values) {
        Object.assign(this.item, { speed: 0, secondsLeft: null, ...values });
    }

    // ------------------------------------------------------------- beginning

    /** Look at the file, put it away in case the page ends, and wait for its turn. */
    async prepare() {
        try {
            Object.assign(this.item, await checkFile(this.task.file, this.queue.limits));
        } catch (error) {
            this.fail(error, error.sentence);
            return;
        }
        this.preview();
        this.possession.take();
        this._keep();
        this.ready = true;
        this.queue.fill();
    }

    preview() {
        const { item, task } = this;
        if (task.file instanceof Blob && !item.previewUrl && (DRAWABLE.test(item.mime) || item.kind === "video")) {
            item.previewUrl = URL.createObjectURL(task.file);
        }
    }

    /** In the background: a slow disk does not hold up the network. */
    async _keep() {
        const { item, task, createdAt, lastModified } = this;
        const { store } = this.queue;
        const { id, name, size, mime, kind } = item;
        const { file, options, clientKey } = task;
        const record = { id, name, size, mime, kind, lastModified, options, clientKey, createdAt };
        const isKnown = await store.keep({ ...record, mediaId: item.mediaId, paused: false, cancelled: false });
        const isKept = isKnown && (await store.keepFile(id, file, () => !this.finished));
        item.kept = isKept ? "file" : isKnown ? "name" : "none";
        if (this.finished) {
            // It was faster than the disk.
            await this._forget();
        } else if (item.mediaId) {
            await store.change(id, { mediaId: item.mediaId });
        }
    }

    _forget({ arrived = true } = {}) {
        this.finished = true;
        return this.queue.store.forget(this.item.id, { arrived });
    }

    // --------------------------------------------------------------- sending

    async run() {
        const abort = new AbortController();
        this.abort = abort;
        try {
            await this.task.run(abort.signal, () => this.queue.announced(this));
            if (!abort.signal.aborted) {
                this.abort = null;
                this._arrived();
            }
        } catch (error) {
            if (!abort.signal.aborted) {
                this.abort = null;
                await this._failed(error);
            }
        }
        this.queue.fill();
    }

    stop() {
        this.abort?.abort();
        this.abort = null;
    }

    async _failed(error) {
        if (error.code === "unreadable") {
            await this._recover();
            return;
        }
        if (!(error instanceof UploadError)) {
            console.error(error);
        }
        if (error.code === "gone" || error.code === "unknown") {
            // Trying again makes a new media: the clinic's systems have let go of this one.
            this.item.mediaId = null;
            this.task.renew(randomIdentifier());
        }
        this.fail(error, uploadSentence(error));
        if (!this.item.retryable) {
            this._forget();
        }
    }

    /** The file was changed or moved while it was being sent: the browser may have kept a copy. */
    async _recover() {
        const copy = this.recovered ? null : await this.queue.store.file(this.item.id);
        this.recovered = true;
        if (copy) {
            this.task.file = copy;
            this.queued();
        } else {
            this.needFile(uploadSentence({ code: "unreadable" }));
        }
    }

    fail({ code }, sentence) {
        this._set({ status: "failed", problem: sentence, retryable: !isFinal(code) });
    }

    needFile(sentence = null) {
        this._set({ status: "needs-file", problem: sentence });
    }

    queued() {
        this._set({ status: "queued", problem: null });
        this.queue.fill();
    }

    // -------------------------------------------------------------- what Odoo says

    _arrived() {
        this.item.status = "checking";
        this._forget();
        this._confirm();
    }

    /** Odoo tells by `mediaChanged`; where live updates do not come through, it is asked. */
    async _confirm() {
        const { item, queue } = this;
        const { signal } = queue.closing;
        const backoff = new Backoff({ first: 4000, longest: 60000, factor: 1.5 });
        while (item.status === "checking" && !signal.aborted) {
            try {
                await queue.wait(backoff.next(), signal);
                if (item.status === "checking") {
                    this.mediaChanged(await queue.api.media(item.mediaId));
                }
            } catch {
                // Asked again, or closed.
            }
        }
    }

    /** @param {object} media what Odoo says of the file now */
    mediaChanged(media) {
        switch (this.item.status === "done" ? "" : media.state) {
            case "processing":
            case "ready":
                this._finish();
                break;
            case "failed":
                this.stop();
                this._forget();
                this.task.arrived = true;
                this.fail({}, media.problem || uploadSentence({ code: media.problem_code }));
                this.item.retryable = Boolean(media.retryable);
                break;
            case "cancelled":
            case "deleted":
                this._forget();
                this.remove();
                break;
        }
        this.queue.fill();
    }

    _finish() {
        this.stop();
        this._forget();
        this._set({ status: "done", sent: this.item.size, problem: null, elsewhere: false });
        this.timer = setTimeout(() => this.remove(), this.queue.lingering);
    }

    // --------------------------------------------------------------- buttons

    pause() {
        this.stop();
        this._set({ status: "paused" });
        this.queue.store.change(this.item.id, { paused: true });
        this.queue.fill();
    }

    resume() {
        if (this.item.elsewhere) {
            this.possession.take({ steal: true });
        } else {
            this.queue.store.change(this.item.id, { paused: false });
            this.queued();
        }
    }

    async retry() {
        const { item, task, queue } = this;
        if (!task.arrived) {
            this.queued();
            return;
        }
        this._set({ status: "checking", problem: null });
        try {
            this.mediaChanged(await queue.api.retryMedia(item.mediaId));
            this._confirm();
        } catch (error) {
            this.fail({}, uploadSentence(error));
        }
    }

    /** It leaves the list at once, and the clinic's systems as soon as they can be told. */
    cancel() {
        const { item, task, queue } = this;
        const isDone = item.status === "done";
        this.finished = true;
        this.remove();
        if (isDone || !(item.mediaId || task.announcement)) {
            this._forget({ arrived: isDone });
        } else {
            takeBack(queue, item, task.announcement);
        }
    }

    dismiss() {
        if (this.task.arrived) {
            this.remove();
        } else {
            this.cancel();
        }
    }

    chooseAgain(file) {
        const { item, task } = this;
        const problem = choosingProblem(file, item, this.lastModified);
        if (problem) {
            item.problem = problem;
            return;
        }
        task.file = file;
        this.recovered = false;
        this.ready = true;
        item.mime ||= declaredType(file);
        this.preview();
        this._keep();
        this.queued();
    }

    // ------------------------------------------------------------- other tabs

    /** Show it as another tab's until it is clear whose it is. */
    async restore() {
        this.preview();
        this._set({ status: "paused", elsewhere: true });
        await this.possession.take();
    }

    async _taken() {
        const { item, task } = this;
        if (!item.elsewhere) {
            return;
        }
        const record = await this.queue.store.get(item.id);
        if (!record) {
            // The other tab has finished it.
            this.remove();
            return;
        }
        Object.assign(item, { elsewhere: false, mediaId: record.mediaId });
        this.ready = Boolean(task.file);
        if (!task.file) {
            this.needFile();
        } else if (record.paused) {
            this._set({ status: "paused" });
        } else {
            this.queued();
        }
    }

    _lost() {
        this.stop();
        this._set({ status: "paused", elsewhere: true });
        this.queue.fill();
    }

    // -------------------------------------------------------------------- end

    /** Take it off the list; what is kept of it stays. */
    remove() {
        this.stop();
        clearTimeout(this.timer);
        if (this.item.previewUrl) {
            URL.revokeObjectURL(this.item.previewUrl);
        }
        this.possession.giveUp();
        this.queue.drop(this);
    }
}
