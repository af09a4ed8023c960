import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "../../core/times";

/** What a browser calls a picture from the clipboard. */
const PASTED = /^image\.(png|jpe?g)$/i;

/** @param {DataTransfer|null} transfer @returns {boolean} whether files hang on the pointer */
export const carriesFiles = (transfer) => Boolean(transfer && [...transfer.types].includes("Files"));

/**
 * @param {DataTransfer} transfer of a drop
 * @returns {{files: File[], folders: string[]}} folders by name: a browser gives them as files that nobody can read
 */
export function droppedFiles(transfer) {
    const folders = [...(transfer.items || [])]
        .map((item) => item.webkitGetAsEntry?.())
        .filter((entry) => entry?.isDirectory)
        .map(({ name }) => name);
    const files = [...transfer.files].filter(({ name, type }) => type || !folders.includes(name));
    return { files, folders };
}

/** @returns {string} */
export const folderSentence = () => _t("This is a folder. Open it and choose the files that are in it.");

/**
 * @param {DataTransfer|null} transfer of a paste
 * @param {boolean} [preferText] whether the text beside a picture is wanted: office programs put both on the clipboard
 * @returns {File[]} pictures get a name that says when
 */
export function pastedFiles(transfer, preferText = false) {
    if (!transfer?.files.length || (preferText && [...transfer.types].includes("text/plain"))) {
        return [];
    }
    return [...transfer.files].map((file) => {
        if (!PASTED.test(file.name)) {
            return file;
        }
        const extension = file.name.split(".").at(-1);
        const name = _t("Picture %s", formatDateTime(new Date()).replace(/[:/\\]/g, "."));
        return new File([file], `${name}.${extension}`, { type: file.type, lastModified: file.lastModified });
    });
}
