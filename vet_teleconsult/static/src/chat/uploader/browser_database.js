const NAME = "vet_teleconsult";
const VERSION = 1;

/** What the browser keeps until it has arrived: uploads, recordings, and the pieces (`of` which of them) of both. */
const STORES = {
    uploads: { keyPath: "id" },
    recordings: { keyPath: "id" },
    pieces: { keyPath: ["of", "number"] },
};

const settled = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

/**
 * IndexedDB in promises. One connection a page, opened when first asked for; a browser that has no such database, or
 * closes it, rejects every request.
 */
export class BrowserDatabase {
    /** @param {string} [name] */
    constructor(name = NAME) {
        this.name = name;
        this.connection = null;
    }

    /** @returns {Promise<IDBDatabase>} */
    open() {
        this.connection ||= this._open().catch((error) => {
            this.connection = null;
            throw error;
        });
        return this.connection;
    }

    async _open() {
        const request = indexedDB.open(this.name, VERSION);
        request.onupgradeneeded = () => {
            for (const [name, options] of Object.entries(STORES)) {
                request.result.createObjectStore(name, options);
            }
        };
        const database = await settled(request);
        // A newer page in another tab, or the browser short of space: the next request opens it anew.
        database.onversionchange = () => {
            database.close();
            this.connection = null;
        };
        database.onclose = () => (this.connection = null);
        return database;
    }

    /**
     * @param {"readonly"|"readwrite"} mode
     * @param {string} name of the store
     * @param {(store: IDBObjectStore) => IDBRequest} ask
     * @returns {Promise<any>} the request's result, once it is safe on the disk
     */
    async _ask(mode, name, ask) {
        const database = await this.open();
        const transaction = database.transaction(name, mode);
        const done = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error || new DOMException("Aborted", "AbortError"));
        });
        const [result] = await Promise.all([settled(ask(transaction.objectStore(name))), done]);
        return result;
    }

    get(name, key) {
        return this._ask("readonly", name, (store) => store.get(key));
    }

    /** @param {IDBKeyRange} [range] */
    all(name, range) {
        return this._ask("readonly", name, (store) => store.getAll(range));
    }

    put(name, value) {
        return this._ask("readwrite", name, (store) => store.put(value));
    }

    /**
     * Change some values of what is there; nothing where there is nothing.
     *
     * @param {string} name
     * @param {IDBValidKey} key
     * @param {object} values
     */
    change(name, key, values) {
        return this._ask("readwrite", name, (store) => {
            const request = store.get(key);
            request.addEventListener("success", () => {
                if (request.result) {
                    store.put({ ...request.result, ...values });
                }
            });
            return request;
        });
    }

    /** @param {IDBValidKey|IDBKeyRange} key */
    delete(name, key) {
        return this._ask("readwrite", name, (store) => store.delete(key));
    }

    async close() {
        const { connection } = this;
        this.connection = null;
        (await connection?.catch(() => null))?.close();
    }
}

/** The page's own. */
export const browserDatabase = new BrowserDatabase();
