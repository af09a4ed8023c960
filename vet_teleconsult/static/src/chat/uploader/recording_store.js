import { Emitter } from "../../core/emitter";
import { browserDatabase } from "./browser_database";
import { piecesOf } from "./kept_file";
import { isHeld } from "./locks";

/** Pieces read at a time: a long recording is never in memory as a whole. */
const AT_ONCE = 50;
/** A recording that nobody has sent for so long is forgotten (milliseconds). */
const LONGEST = 14 * 24 * 3600 * 1000;

/** Tells `changed` when a recording comes or goes, whoever looks at the list. */
export const recordingNews = new Emitter();

/** Which recording a file was made of. */
const origins = new WeakMap();

/** @param {Blob|null} file @returns {string|null} id of the recording whose pieces are kept already */
export const recordingOf = (file) => (file && origins.get(file)) || null;

/** The name of the lock that says that a recording is being made or looked at. */
export const recordingLock = (id) => `vet_teleconsult.recording.${id}`;

/** @param {string} mimeType @returns {string} */
export function extensionOf(mimeType) {
    const [kind, container] = mimeType.split(";")[0].split("/");
    if (container === "mp4") {
        return kind === "audio" ? "m4a" : "mp4";
    }
    return container === "ogg" ? "ogg" : "webm";
}

/** @param {{startedAt: number, mimeType: string, title: string}} recording @returns {string} such as "Video 2026-05-12 14.05.mp4" */
function nameOf({ startedAt, mimeType, title }) {
    const date = new Date(startedAt);
    const two = (value) => String(value).padStart(2, "0");
    const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
    return `${title} ${day} ${two(date.getHours())}.${two(date.getMinutes())}.${extensionOf(mimeType)}`;
}

/**
 * @param {object} recording
 * @param {BlobPart[]} parts all of its pieces, in order
 * @returns {File}
 */
export function makeFile(recording, parts) {
    const type = recording.mimeType.split(";")[0];
    const file = new File(parts, nameOf(recording), { type, lastModified: recording.startedAt });
    origins.set(file, recording.id);
    return file;
}

/**
 * Recordings of this page, kept piece by piece while they are made: a page that crashes loses a second.
 *
 * A recording: {id, owner, mimeType, title, startedAt, seconds, size, sent}. `sent`: an upload has taken it over.
 */
export class RecordingStore {
    /**
     * @param {string} owner whose recordings, made for which chat
     * @param {import("../uploader/browser_database").BrowserDatabase} [database]
     */
    constructor(owner, database = browserDatabase) {
        this.owner = owner;
        this.database = database;
    }

    /** @returns {Promise<boolean>} whether there is room for it */
    async begin(recording) {
        try {
            await this.database.put("recordings", {
                ...recording,
                owner: this.owner,
                seconds: 0,
                size: 0,
                sent: false,
            });
            return true;
        } catch {
            return false;
        }
    }

    /**
     * @param {string} id
     * @param {number} number of the piece, from 0 without a gap
     * @param {ArrayBuffer} bytes
     * @param {{seconds: number, size: number}} progress of the recording with this piece
     * @returns {Promise<boolean>} whether there was room for it
     */
    async append(id, number, bytes, progress) {
        try {
            await this.database.put("pieces", { of: id, number, bytes });
            await this.database.change("recordings", id, progress);
            return true;
        } catch {
            return false;
        }
    }

    /** @returns {Promise<object[]>} those that nobody has sent and nobody is looking at, the latest first */
    async unsent() {
        let recordings;
        try {
            recordings = await this.database.all("recordings");
        } catch {
            return [];
        }
        const found = [];
        for (const recording of recordings) {
            if ((await isHeld(recordingLock(recording.id))) || recording.sent) {
                continue;
            }
            if (!recording.size || recording.startedAt < Date.now() - LONGEST) {
                await this._delete(recording.id);
            } else if (recording.owner === this.owner) {
                found.push(recording);
            }
        }
        return found.sort((one, other) => other.startedAt - one.startedAt);
    }

    /** @returns {Promise<File|null>} */
    async file(id) {
        try {
            const recording = await this.database.get("recordings", id);
            const parts = [];
            for (let number = 0; ; number += AT_ONCE) {
                const range = IDBKeyRange.bound([id, number], [id, number + AT_ONCE - 1]);
                const pieces = await this.database.all("pieces", range);
                parts.push(new Blob(pieces.map(({ bytes }) => bytes)));
                if (pieces.length < AT_ONCE) {
                    break;
                }
            }
            return recording?.size ? makeFile(recording, parts) : null;
        } catch {
            return null;
        }
    }

    /**
     * An upload takes it over, or gives it back.
     *
     * @param {string} id
     * @param {boolean} sent
     */
    async mark(id, sent) {
        try {
            await this.database.change("recordings", id, { sent });
        } catch {
            // It is offered once more.
        }
        recordingNews.emit("changed");
    }

    async forget(id) {
        await this._delete(id);
        recordingNews.emit("changed");
    }

    async _delete(id) {
        try {
            await this.database.delete("pieces", piecesOf(id));
            await this.database.delete("recordings", id);
        } catch {
            // It goes with its age.
        }
    }
}
