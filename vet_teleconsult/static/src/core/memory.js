/**
 * Small values kept in the browser's storage under a prefix. A storage that is full or forbidden forgets; nothing fails.
 */
export class Memory {
    /**
     * @param {"localStorage"|"sessionStorage"} storage over visits, or for this tab only
     * @param {string} prefix
     */
    constructor(storage, prefix) {
        this.prefix = `vet_teleconsult.${prefix}.`;
        this.fallback = new Map();
        try {
            this.storage = globalThis[storage];
        } catch {
            this.storage = null;
        }
    }

    /** @param {string} key @returns {any} */
    get(key) {
        try {
            const text = this.storage.getItem(this.prefix + key);
            return text === null ? (this.fallback.get(key) ?? null) : JSON.parse(text);
        } catch {
            return this.fallback.get(key) ?? null;
        }
    }

    /** @param {string} key @param {any} value null forgets */
    set(key, value) {
        this.fallback.set(key, value);
        try {
            if (value === null) {
                this.storage.removeItem(this.prefix + key);
            } else {
                this.storage.setItem(this.prefix + key, JSON.stringify(value));
            }
        } catch {
            // Kept in `fallback` as long as the page lives.
        }
    }
}
