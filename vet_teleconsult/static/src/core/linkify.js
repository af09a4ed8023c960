/** Only these: a `javascript:` address never becomes a link. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"']+/gi;
/** Punctuation that ends a sentence more often than an address. */
const TRAILING = /[.,;:!?)\]}]+$/;

/**
 * Cut a plain text into pieces of text and web addresses, for a template that shows each as what it is.
 *
 * @param {string} text
 * @returns {{text: string, href: string|null}[]}
 */
export function linkify(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(ADDRESS)) {
        const href = match[0].replace(TRAILING, "");
        if (match.index > end) {
            parts.push({ text: text.slice(end, match.index), href: null });
        }
        parts.push({ text: href, href });
        end = match.index + href.length;
    }
    if (end < text.length) {
        parts.push({ text: text.slice(end), href: null });
    }
    return parts;
}
