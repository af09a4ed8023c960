/** Movement below which a press is a tap, CSS pixels. */
const TAP_REACH = 8;
/** Between the taps of a double tap, ms. */
const DOUBLE_TAP = 320;

/**
 * What fingers, a pen or a mouse do on a stage. Points are in CSS pixels from its upper left corner.
 *
 * @typedef {object} Handlers
 * @property {(x: number, y: number) => void} drag by how much one pointer moved
 * @property {(factor: number, from: {x: number, y: number}, to: {x: number, y: number}) => void} pinch two fingers, whose
 *     middle went from one point to another; also the wheel
 * @property {(point: {x: number, y: number}) => void} tap
 * @property {(point: {x: number, y: number}) => void} doubleTap
 * @property {() => boolean} draws whether one pointer draws, instead of moving the picture
 * @property {(phase: "start"|"move"|"end"|"cancel", point: {x: number, y: number}) => void} draw
 */
export class Gestures {
    /**
     * @param {HTMLElement} element
     * @param {Handlers} handlers
     */
    constructor(element, handlers) {
        this.element = element;
        this.handlers = handlers;
        this.pointers = new Map();
        this.drawing = false;
        this.moved = 0;
        this.fingers = 0;
        this.lastTap = null;
        this.listeners = {
            pointerdown: (ev) => this.onDown(ev),
            pointermove: (ev) => this.onMove(ev),
            pointerup: (ev) => this.onUp(ev),
            pointercancel: (ev) => this.onCancel(ev),
            wheel: (ev) => this.onWheel(ev),
        };
        for (const [type, listener] of Object.entries(this.listeners)) {
            element.addEventListener(type, listener, { passive: false });
        }
    }

    destroy() {
        for (const [type, listener] of Object.entries(this.listeners)) {
            this.element.removeEventListener(type, listener);
        }
    }

    pointOf(ev) {
        const { left, top } = this.element.getBoundingClientRect();
        return { x: ev.clientX - left, y: ev.clientY - top };
    }

    onDown(ev) {
        if (ev.button !== 0 || ev.target.closest("button, a, input, textarea, select")) {
            return;
        }
        const point = this.pointOf(ev);
        this.element.setPointerCapture(ev.pointerId);
        this.pointers.set(ev.pointerId, point);
        this.fingers = Math.max(this.fingers, this.pointers.size);
        if (this.pointers.size > 1) {
            this.stopDrawing();
        } else if (this.handlers.draws()) {
            this.drawing = true;
            this.handlers.draw("start", point);
        }
    }

    onMove(ev) {
        const before = this.pointers.get(ev.pointerId);
        if (!before) {
            return;
        }
        const point = this.pointOf(ev);
        const all = [...this.pointers.values()];
        this.pointers.set(ev.pointerId, point);
        this.moved += Math.hypot(point.x - before.x, point.y - before.y);
        if (this.drawing) {
            this.handlers.draw("move", point);
        } else if (all.length === 1) {
            this.handlers.drag(point.x - before.x, point.y - before.y);
        } else if (all.length === 2) {
            this.onPinch(all, [...this.pointers.values()]);
        }
    }

    onPinch(before, after) {
        const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
        const spread = ([a, b]) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
        const from = middle(before);
        const to = middle(after);
        this.handlers.pinch(spread(after) / spread(before), from, to);
    }

    onUp(ev) {
        if (!this.pointers.delete(ev.pointerId)) {
            return;
        }
        const point = this.pointOf(ev);
        if (this.drawing) {
            this.drawing = false;
            this.handlers.draw("end", point);
        } else if (!this.pointers.size && this.fingers === 1 && this.moved < TAP_REACH) {
            this.onTap(point, ev.timeStamp);
        }
        this.settle();
    }

    onTap(point, time) {
        const { lastTap } = this;
        const near = lastTap && Math.hypot(point.x - lastTap.x, point.y - lastTap.y) < 5 * TAP_REACH;
        this.handlers.tap(point);
        if (near && time - lastTap.time < DOUBLE_TAP) {
            this.lastTap = null;
            this.handlers.doubleTap(point);
        } else {
            this.lastTap = { ...point, time };
        }
    }

    onCancel(ev) {
        if (this.pointers.delete(ev.pointerId)) {
            this.stopDrawing();
            this.settle();
        }
    }

    stopDrawing() {
        if (this.drawing) {
            this.drawing = false;
            this.handlers.draw("cancel", { x: 0, y: 0 });
        }
    }

    settle() {
        if (!this.pointers.size) {
            this.moved = 0;
            this.fingers = 0;
        }
    }

    onWheel(ev) {
        ev.preventDefault();
        // Lines and pages (deltaMode 1 and 2) as pixels; a pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
        const pixels = ev.deltaY * [1, 16, 400][ev.deltaMode];
        const point = this.pointOf(ev);
        this.handlers.pinch(Math.exp(-pixels * (ev.ctrlKey ? 0.01 : 0.002)), point, point);
    }
}
