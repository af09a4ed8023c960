/** @returns {number} pixels */
export function lengthOf([from, to]) {
    return Math.hypot(to.x - from.x, to.y - from.y);
}

/** Lengths as people read them: three digits that count. */
function round(value) {
    const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * @param {number} pixels
 * @param {{perPixel: number, unit: string}|null} scale
 * @returns {string} such as `12.4 cm`, or `310 px` while no length in the picture is known
 */
export function formatLength(pixels, scale) {
    if (!scale) {
        return `${Math.round(pixels).toLocaleString()} px`;
    }
    return `${round(pixels * scale.perPixel)} ${scale.unit}`;
}
