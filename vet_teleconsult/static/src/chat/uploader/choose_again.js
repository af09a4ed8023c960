import { _t } from "@web/core/l10n/translation";
import { formatSize } from "./sizes";

/**
 * Whether a file is the one whose first part has been sent already: going on with another would make nonsense of both.
 *
 * @param {File} file
 * @param {{name: string, size: number, sent: number}} item
 * @param {number|null} [lastModified] of the file, where it is known
 * @returns {string|null} why it is not
 */
export function choosingProblem(file, item, lastModified = null) {
    const isSameSize = file.size === item.size;
    if (isSameSize && (file.name === item.name || file.lastModified === lastModified)) {
        return null;
    }
    return _t(
        "This is another file: “%(name)s” with %(size)s is needed. If you cannot find it, remove this upload and send your file as a new one.",
        { name: item.name, size: formatSize(item.size) }
    );
}
