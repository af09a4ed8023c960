import { distanceTo } from "./shapes";

/**
 * What is drawn on a still, in the picture's own pixels, with undo and redo.
 *
 * @typedef {object} Mark
 * @property {number} id
 * @property {"arrow"|"circle"|"freehand"|"text"|"measure"} kind
 * @property {string} colour
 * @property {{x: number, y: number}[]} points arrow: tail and tip; circle: opposite corners of its box; text: where it
 *     begins, half-way up; measure: both ends
 * @property {string} [text]
 */
export class Annotations {
    constructor() {
        /** @type {Mark[]} */
        this.marks = [];
        /** @type {{perPixel: number, unit: string}|null} what a pixel is in the world, once a length is known */
        this.scale = null;
        this.past = [];
        this.future = [];
        this.nextId = 1;
    }

    get isEmpty() {
        return !this.marks.length;
    }

    get canUndo() {
        return this.past.length > 0;
    }

    get canRedo() {
        return this.future.length > 0;
    }

    snapshot() {
        return { marks: this.marks, scale: this.scale };
    }

    restore({ marks, scale }) {
        this.marks = marks;
        this.scale = scale;
    }

    /** @param {Partial<{marks: Mark[], scale: object}>} values */
    commit(values) {
        this.past.push(this.snapshot());
        this.future = [];
        this.restore({ ...this.snapshot(), ...values });
    }

    undo() {
        if (this.canUndo) {
            this.future.push(this.snapshot());
            this.restore(this.past.pop());
        }
    }

    redo() {
        if (this.canRedo) {
            this.past.push(this.snapshot());
            this.restore(this.future.pop());
        }
    }

    /** @param {Omit<Mark, "id">} mark @returns {number} its id */
    add(mark) {
        const id = this.nextId++;
        this.commit({ marks: [...this.marks, { ...mark, id }] });
        return id;
    }

    /** @param {number} id @param {Partial<Mark>} values */
    change(id, values) {
        if (this.get(id)) {
            this.commit({ marks: this.marks.map((mark) => (mark.id === id ? { ...mark, ...values } : mark)) });
        }
    }

    /** @param {number} id @param {number} x pixels @param {number} y @param {number} [from] first point that moves */
    move(id, x, y, from = 0) {
        const mark = this.get(id);
        if (mark) {
            const moved = (point, index) => (index < from ? point : { x: point.x + x, y: point.y + y });
            this.change(id, { points: mark.points.map(moved) });
        }
    }

    remove(id) {
        if (this.get(id)) {
            this.commit({ marks: this.marks.filter((mark) => mark.id !== id) });
        }
    }

    /** @param {number} id @returns {Mark|undefined} */
    get(id) {
        return this.marks.find((mark) => mark.id === id);
    }

    /**
     * @param {{x: number, y: number}} point
     * @param {number} reach pixels
     * @param {number} size of letters, pixels
     * @returns {Mark|null} the uppermost mark there
     */
    hit(point, reach, size) {
        const near = this.marks.filter((mark) => distanceTo(mark, point, size) <= reach);
        return near.at(-1) ?? null;
    }

    /**
     * Tell the scale of the picture by a length that is known.
     *
     * @param {number} pixels
     * @param {number} length
     * @param {string} unit such as `cm`
     */
    calibrate(pixels, length, unit) {
        if (pixels > 0 && length > 0) {
            this.commit({ scale: { perPixel: length / pixels, unit } });
        }
    }
}
