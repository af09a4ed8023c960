/** @param {number} seconds @returns {string} `#t=12.4`, a media fragment (https://www.w3.org/TR/media-frags/) */
export function fragmentOf(seconds) {
    return `#t=${Number(seconds.toFixed(3))}`;
}

/** @param {string} fragment of an address @returns {number|null} s */
export function timeOf(fragment) {
    const found = /(?:^#?|&)t=(?:npt:)?(\d+(?:\.\d+)?)/.exec(fragment);
    return found ? Number(found[1]) : null;
}

/**
 * @param {string|null|undefined} link to the clip's page, where there is one
 * @param {number|null} seconds null for what has no time
 * @returns {string}
 */
export function linkAt(link, seconds) {
    return `${(link || "").split("#")[0]}${seconds === null ? "" : fragmentOf(seconds)}`;
}
