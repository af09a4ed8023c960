/**
 * An EventTarget that carries a value with each event, for the modules that know no Owl.
 */
export class Emitter extends EventTarget {
    /**
     * @param {string} type
     * @param {any} [detail]
     */
    emit(type, detail) {
        this.dispatchEvent(new CustomEvent(type, { detail }));
    }

    /**
     * @param {string} type
     * @param {(detail: any) => void} listener
     * @returns {() => void} removes the listener
     */
    on(type, listener) {
        const handler = (event) => listener(event.detail);
        this.addEventListener(type, handler);
        return () => this.removeEventListener(type, handler);
    }
}
