import { linkify } from "../../core/linkify";

/** A place in a clip: media fragments, W3C "Media Fragments URI 1.0", 4.2.1, as normal play time in seconds. */
const TIME_CODE = /#t=(\d{1,6}(?:\.\d{1,3})?)(?!\w)/g;
const CLIP_PATH = /^\/vet\/(?:clip|media)\/(\d+)\//;

/**
 * Cut a message into text, web addresses and places in clips.
 *
 * A place is an address of one of our clips, or a bare `#t=12.4`, which speaks of the clip that was shown before.
 *
 * @param {string} text
 * @param {string} [origin] of this site
 * @returns {{text: string, href: string|null, time: number|null, mediaId: number|null}[]}
 */
export function messageParts(text, origin = location.origin) {
    return linkify(text).flatMap((part) => (part.href ? addressPart(part, origin) : textParts(part.text)));
}

function addressPart({ text, href }, origin) {
    const part = { text, href, time: null, mediaId: null };
    const url = parseAddress(href);
    const [, mediaId] = url?.pathname.match(CLIP_PATH) || [];
    if (mediaId && url.origin === origin) {
        const time = [...url.hash.matchAll(TIME_CODE)][0]?.[1];
        Object.assign(part, { mediaId: Number(mediaId), time: time ? Number(time) : null });
    }
    return [part];
}

function parseAddress(href) {
    try {
        return new URL(href);
    } catch {
        return null;
    }
}

function textParts(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(TIME_CODE)) {
        if (match.index > end) {
            parts.push({ text: text.slice(end, match.index), href: null, time: null, mediaId: null });
        }
        parts.push({ text: match[0], href: match[0], time: Number(match[1]), mediaId: null });
        end = match.index + match[0].length;
    }
    if (end < text.length) {
        parts.push({ text: text.slice(end), href: null, time: null, mediaId: null });
    }
    return parts;
}

/**
 * @param {number} seconds
 * @returns {string} such as "1:05.4"
 */
export function formatTimeCode(seconds) {
    const minutes = Math.floor(seconds / 60);
    const rest = (seconds - minutes * 60).toFixed(1).padStart(4, "0");
    return `${minutes}:${rest}`;
}
