/** Geometry of marks, in the picture's pixels. */

const length = (x, y) => Math.hypot(x, y);

function distanceToSegment(point, from, to) {
    const [x, y] = [to.x - from.x, to.y - from.y];
    const square = x * x + y * y;
    const share = square ? ((point.x - from.x) * x + (point.y - from.y) * y) / square : 0;
    const along = Math.min(1, Math.max(0, share));
    return length(point.x - from.x - along * x, point.y - from.y - along * y);
}

function distanceToPath(point, points) {
    if (points.length === 1) {
        return length(point.x - points[0].x, point.y - points[0].y);
    }
    return Math.min(...points.slice(1).map((to, index) => distanceToSegment(point, points[index], to)));
}

/** @returns {{x: number, y: number, width: number, height: number}} middle and radii of the ellipse in a box */
export function ellipseOf([from, to]) {
    return {
        x: (from.x + to.x) / 2,
        y: (from.y + to.y) / 2,
        width: Math.abs(to.x - from.x) / 2,
        height: Math.abs(to.y - from.y) / 2,
    };
}

function distanceToEllipse(point, points) {
    const { x, y, width, height } = ellipseOf(points);
    const steps = 48;
    const path = Array.from({ length: steps + 1 }, (_, step) => {
        const angle = (2 * Math.PI * step) / steps;
        return { x: x + width * Math.cos(angle), y: y + height * Math.sin(angle) };
    });
    return distanceToPath(point, path);
}

function distanceToText(point, { points, text }, size) {
    const [{ x, y }] = points;
    const width = size * 0.6 * text.length;
    const outside = (value, low, high) => Math.max(low - value, 0, value - high);
    return length(outside(point.x, x, x + width), outside(point.y, y - size / 2, y + size / 2));
}

/**
 * @param {import("./annotations").Mark} mark
 * @param {{x: number, y: number}} point
 * @param {number} size of letters
 * @returns {number} pixels from the point to the nearest part of the mark
 */
export function distanceTo(mark, point, size) {
    if (mark.kind === "text") {
        return distanceToText(point, mark, size);
    }
    return mark.kind === "circle" ? distanceToEllipse(point, mark.points) : distanceToPath(point, mark.points);
}

/** Shorter than this a stroke was a slip of the finger, as a share of the letters' size. */
const SHORTEST = 0.4;

/** @returns {boolean} whether a mark is large enough to be seen */
export function isVisible({ kind, points, text }, size) {
    if (kind === "text") {
        return Boolean(text);
    }
    const [first] = points;
    return points.some((point) => length(point.x - first.x, point.y - first.y) > size * SHORTEST);
}
