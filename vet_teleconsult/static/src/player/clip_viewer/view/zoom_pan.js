export const LARGEST_ZOOM = 8;
/** Factor of one press of a zoom button or key. */
export const ZOOM_STEP = 1.5;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * How a picture lies on its stage: turned by quarters, magnified up to eight times the size at which it just fits, moved
 * as far as it covers the place where it fitted. Points are in CSS pixels from the stage's upper left corner, or in the picture's pixels.
 */
export class ZoomPan {
    constructor() {
        this.stage = { width: 1, height: 1 };
        this.picture = { width: 1, height: 1 };
        this.quarters = 0;
        this.zoom = 1;
        /** Distance of the picture's middle from the stage's, in picture pixels along the stage's axes. */
        this.pan = { x: 0, y: 0 };
        /** @type {ZoomPan|null} of another picture, which goes to the same part */
        this.partner = null;
    }

    /** The whole picture, as it is turned. */
    reset() {
        this.zoom = 1;
        this.pan = { x: 0, y: 0 };
        this.lead();
    }

    lead() {
        if (this.partner) {
            this.partner.follow(this);
        }
    }

    /** @param {ZoomPan} other */
    follow(other) {
        this.zoom = other.zoom;
        this.pan = {
            x: (other.pan.x / other.turned.width) * this.turned.width,
            y: (other.pan.y / other.turned.height) * this.turned.height,
        };
        this.keepInside();
    }

    setStage(width, height) {
        this.stage = { width: Math.max(1, width), height: Math.max(1, height) };
        this.keepInside();
    }

    setPicture(width, height) {
        this.picture = { width: Math.max(1, width), height: Math.max(1, height) };
        this.keepInside();
    }

    /** @param {number} [by] quarter turns, clockwise */
    rotate(by = 1) {
        this.quarters = (((this.quarters + by) % 4) + 4) % 4;
        const { x, y } = this.pan;
        this.pan = by % 2 ? (by > 0 ? { x: -y, y: x } : { x: y, y: -x }) : { x: -x, y: -y };
        this.keepInside();
    }

    /** @returns {{width: number, height: number}} of the picture as it is turned */
    get turned() {
        const { width, height } = this.picture;
        return this.quarters % 2 ? { width: height, height: width } : { width, height };
    }

    /** @returns {number} CSS pixels for a pixel of the picture where all of it just fits */
    get fit() {
        return Math.min(this.stage.width / this.turned.width, this.stage.height / this.turned.height);
    }

    /** @returns {number} CSS pixels for a pixel of the picture */
    get scale() {
        return this.fit * this.zoom;
    }

    get isZoomed() {
        return this.zoom > 1.001;
    }

    /** What the whole picture covered stays covered: so any of its points can be magnified where it is. */
    keepInside() {
        const reach = (length) => (length / 2) * (1 - 1 / this.zoom);
        const x = reach(this.turned.width);
        const y = reach(this.turned.height);
        this.pan = { x: clamp(this.pan.x, -x, x), y: clamp(this.pan.y, -y, y) };
    }

    /**
     * Magnify so that what is under a point stays there, or comes to lie under another.
     *
     * @param {number} zoom 1 to 8
     * @param {{x: number, y: number}} [point] the stage's middle by default
     * @param {{x: number, y: number}} [to]
     */
    zoomTo(zoom, point = { x: this.stage.width / 2, y: this.stage.height / 2 }, to = point) {
        const before = this.scale;
        const { width, height } = this.stage;
        this.zoom = clamp(zoom, 1, LARGEST_ZOOM);
        this.pan = {
            x: this.pan.x + (to.x - width / 2) / this.scale - (point.x - width / 2) / before,
            y: this.pan.y + (to.y - height / 2) / this.scale - (point.y - height / 2) / before,
        };
        this.keepInside();
        this.lead();
    }

    zoomBy(factor, point, to) {
        this.zoomTo(this.zoom * factor, point, to);
    }

    /** @param {number} x CSS pixels @param {number} y */
    panBy(x, y) {
        this.pan = { x: this.pan.x + x / this.scale, y: this.pan.y + y / this.scale };
        this.keepInside();
        this.lead();
    }

    /** @returns {[number, number, number, number, number, number]} from the picture's pixels to the stage's, as CSS and canvas take it */
    get matrix() {
        const { scale, quarters } = this;
        const cos = [1, 0, -1, 0][quarters];
        const sin = [0, 1, 0, -1][quarters];
        const [a, b, c, d] = [cos * scale, sin * scale, -sin * scale, cos * scale];
        const { width, height } = this.picture;
        const middle = {
            x: this.stage.width / 2 + this.pan.x * scale,
            y: this.stage.height / 2 + this.pan.y * scale,
        };
        return [a, b, c, d, middle.x - (a * width + c * height) / 2, middle.y - (b * width + d * height) / 2];
    }

    get css() {
        return `matrix(${this.matrix.map((value) => Number(value.toFixed(6))).join(",")})`;
    }

    /** @returns {{x: number, y: number}} on the stage, of a point of the picture */
    toStage({ x, y }) {
        const [a, b, c, d, e, f] = this.matrix;
        return { x: a * x + c * y + e, y: b * x + d * y + f };
    }

    /** @returns {{x: number, y: number}} in the picture, of a point on the stage */
    toPicture({ x, y }) {
        const [a, b, c, d, e, f] = this.matrix;
        const determinant = a * d - b * c;
        return {
            x: (d * (x - e) - c * (y - f)) / determinant,
            y: (a * (y - f) - b * (x - e)) / determinant,
        };
    }
}
