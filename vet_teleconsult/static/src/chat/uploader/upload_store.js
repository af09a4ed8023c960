import { recordingOf, RecordingStore } from "./recording_store";
import { browserDatabase } from "./browser_database";
import { KeptFile, piecesOf } from "./kept_file";

/** The media service keeps an unfinished upload for as long (`UPLOAD_EXPIRY_HOURS`). */
const LONGEST = 7 * 24 * 3600 * 1000;

/**
 * What has to outlive the page: each upload's file and how far it is. Nothing here fails: a browser without room, or in
 * private mode, keeps what it can, and says so.
 *
 * A record: {id, owner, name, size, lastModified, mime, kind, options, clientKey, mediaId, paused, cancelled, createdAt,
 * isKept?, recording?}. `isKept`: all of the file is there. `recording` names a recording of this page, whose pieces are
 * kept already.
 */
export class UploadStore {
    /**
     * @param {string} owner whose uploads: nobody else's are seen
     * @param {import("./browser_database").BrowserDatabase} [database]
     */
    constructor(owner, database = browserDatabase) {
        this.owner = owner;
        this.database = database;
        this.recordings = new RecordingStore(owner, database);
    }

    /**
     * @param {object} record
     * @returns {Promise<boolean>} whether it could be kept
     */
    async keep(record) {
        try {
            await this.database.put("uploads", { ...record, owner: this.owner });
            return true;
        } catch {
            return false;
        }
    }

    /**
     * @param {string} id
     * @param {File|Blob} file
     * @param {() => boolean} isWanted whether it is still to be kept
     * @returns {Promise<boolean>} false where there is no room
     */
    async keepFile(id, file, isWanted) {
        const recording = recordingOf(file);
        try {
            if (recording && (await this.database.get("recordings", recording))) {
                // Its pieces are there already: no need for the same 200 MB twice.
                await this.database.change("uploads", id, { recording });
                await this.recordings.mark(recording, true);
                return true;
            }
            const isKept = await KeptFile.keep(this.database, id, file, isWanted);
            await this.database.change("uploads", id, { isKept });
            return isKept;
        } catch {
            await this._deletePieces(id);
            return false;
        }
    }

    /**
     * @param {string} id
     * @returns {Promise<File|KeptFile|null>} null where it was not kept, or was tidied away by the browser
     */
    async file(id) {
        try {
            const record = await this.database.get("uploads", id);
            if (record?.recording) {
                return await this.recordings.file(record.recording);
            }
            const file = record?.isKept ? new KeptFile(this.database, id, record) : null;
            return (await file?.isThere()) ? file : null;
        } catch {
            return null;
        }
    }

    /**
     * Change what is known of an upload; of one that is not kept, nothing.
     *
     * @param {string} id
     * @param {object} values
     */
    async change(id, values) {
        try {
            await this.database.change("uploads", id, values);
        } catch {
            // It is asked for again.
        }
    }

    /** @returns {Promise<object|null>} */
    async get(id) {
        try {
            return (await this.database.get("uploads", id)) || null;
        } catch {
            return null;
        }
    }

    /** @returns {Promise<object[]>} the owner's records, oldest first; those too old for the service are forgotten */
    async list() {
        let records;
        try {
            records = await this.database.all("uploads");
        } catch {
            return [];
        }
        const oldest = Date.now() - LONGEST;
        for (const { id } of records.filter(({ createdAt }) => createdAt < oldest)) {
            await this.forget(id);
        }
        return records
            .filter(({ owner, createdAt }) => owner === this.owner && createdAt >= oldest)
            .sort((one, other) => one.createdAt - other.createdAt);
    }

    /**
     * @param {string} id
     * @param {object} [options]
     * @param {boolean} [options.arrived] false gives a recording back: its maker may still want it
     */
    async forget(id, { arrived = true } = {}) {
        try {
            const { recording } = (await this.database.get("uploads", id)) || {};
            await this._deletePieces(id);
            await this.database.delete("uploads", id);
            if (recording) {
                await (arrived ? this.recordings.forget(recording) : this.recordings.mark(recording, false));
            }
        } catch {
            // It was never kept, or goes with its age.
        }
    }

    async _deletePieces(id) {
        try {
            await this.database.delete("pieces", piecesOf(id));
        } catch {
            // They go with their upload's age.
        }
    }
}
