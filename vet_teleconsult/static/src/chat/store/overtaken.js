/** News that says how something is now, whatever was said before. */
const LASTING = new Set(["vet_teleconsult/message", "vet_teleconsult/media", "vet_teleconsult/document"]);

/**
 * Answers of Odoo that news overtakes: what is told while an answer is on its way may be newer than the answer, and is
 * shown once more after it.
 */
export class Overtaken {
    /** @param {(notification: object) => void} show */
    constructor(show) {
        this.show = show;
        this.asking = new Set();
    }

    /** @param {{type: string, payload: object}} notification that has just come */
    hear(notification) {
        if (LASTING.has(notification.type)) {
            this.asking.forEach((heard) => heard.push(notification));
        }
    }

    /**
     * @param {() => Promise<any>} request
     * @param {(answer: any) => any} use shows the answer
     * @throws what `request` and `use` throw
     */
    async ask(request, use) {
        const heard = [];
        this.asking.add(heard);
        try {
            await use(await request());
        } finally {
            this.asking.delete(heard);
        }
        heard.forEach((notification) => this.show(notification));
    }
}
