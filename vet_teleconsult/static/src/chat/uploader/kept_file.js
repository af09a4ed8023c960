/** Bytes of each piece but the last. */
export const PIECE = 4 * 1024 ** 2;

/** @returns {IDBKeyRange} every piece of a file or a recording */
export const piecesOf = (id) => IDBKeyRange.bound([id], [id, []]);

/**
 * A file in the browser's database, in pieces: its bytes themselves. A `File` that is put there whole may be no more than
 * the name of a file on the disk (Chromium, private windows), and Safari refuses or loses some.
 *
 * As much of a `File` as sending needs: `size`, `name`, `type`, `lastModified`, and `slice(…).arrayBuffer()`.
 */
export class KeptFile {
    /**
     * @param {import("./browser_database").BrowserDatabase} database
     * @param {string} id
     * @param {{size: number, name: string, mime: string, lastModified: number}} record
     */
    constructor(database, id, { size, name, mime, lastModified }) {
        Object.assign(this, { database, id, size, name, type: mime, lastModified });
    }

    /**
     * Put a file's bytes there.
     *
     * @param {import("./browser_database").BrowserDatabase} database
     * @param {string} id
     * @param {Blob} file
     * @param {() => boolean} isWanted asked before each piece
     * @returns {Promise<boolean>} whether all of it is there
     * @throws {DOMException} when there is no room, or the file cannot be read
     */
    static async keep(database, id, file, isWanted) {
        for (let number = 0; number * PIECE < file.size; number++) {
            if (!isWanted()) {
                return false;
            }
            const bytes = await file.slice(number * PIECE, (number + 1) * PIECE).arrayBuffer();
            await database.put("pieces", { of: id, number, bytes });
        }
        return true;
    }

    /** @param {number} start @param {number} end @returns {{size: number, arrayBuffer: () => Promise<ArrayBuffer>}} */
    slice(start, end = this.size) {
        const last = Math.min(end, this.size);
        return { size: last - start, arrayBuffer: () => this._read(start, last) };
    }

    async _read(start, end) {
        const bytes = new Uint8Array(end - start);
        for (let number = Math.floor(start / PIECE); number * PIECE < end; number++) {
            const piece = await this.database.get("pieces", [this.id, number]);
            if (piece?.bytes.byteLength !== Math.min(PIECE, this.size - number * PIECE)) {
                throw new DOMException("A piece of the file is missing.", "NotReadableError");
            }
            const offset = number * PIECE;
            const from = Math.max(0, start - offset);
            const part = new Uint8Array(piece.bytes, from, Math.min(PIECE, end - offset) - from);
            bytes.set(part, offset + from - start);
        }
        return bytes.buffer;
    }

    /** @returns {Promise<boolean>} whether its end is still there: browsers short of space take all or nothing */
    async isThere() {
        try {
            await this.slice(this.size - 1).arrayBuffer();
            return true;
        } catch {
            return false;
        }
    }
}
