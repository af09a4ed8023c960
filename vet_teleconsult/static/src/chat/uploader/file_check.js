import { _t } from "@web/core/l10n/translation";
import { HEAD, isAccepted, kindOfType, recognize } from "./file_type";
import { formatSize } from "./sizes";
import { UploadError } from "./upload_error";

/**
 * Look at a file before any byte of it is sent.
 *
 * @param {File} file
 * @param {object} limits `limits` of the chat: {max_bytes, accept}
 * @returns {Promise<{mime: string, kind: "video"|"photo"|"audio"|"document"}>}
 * @throws {UploadError} with a sentence that says what to do; codes as those of the media service
 */
export async function checkFile(file, { max_bytes: maxBytes, accept }) {
    if (!file.size) {
        throw new UploadError(
            "empty",
            _t("This file is empty. Perhaps it has not been downloaded to this device yet.")
        );
    }
    if (maxBytes && file.size > maxBytes) {
        throw new UploadError("too_large", tooLarge(file, maxBytes));
    }
    const { mime, refused } = recognize(file, await readHead(file));
    if (refused) {
        throw new UploadError("dangerous", REFUSED[refused]());
    }
    if (!isAccepted(mime, file.name, accept)) {
        throw new UploadError(
            "wrong_type",
            _t("Files of this kind cannot be sent here: only photos, videos, sound, PDF and office documents.")
        );
    }
    return { mime: mime || "application/octet-stream", kind: kindOfType(mime) };
}

const REFUSED = {
    program: () => _t("This is a program, not a photo, a video or a document. Programs cannot be sent here."),
    page: () => _t("This is a web page. Save it as a PDF, or take a screenshot, and send that."),
    drawing: () => _t("SVG drawings cannot be sent here. Save it as PNG, JPEG or PDF, and send that."),
    archive: () => _t("Archives cannot be sent here. Unpack it and send the files that are in it."),
};

/** @returns {string} */
export function tooLarge(file, maxBytes) {
    const sizes = { size: formatSize(file.size), limit: formatSize(maxBytes) };
    return kindOfType(file.type || "") === "video"
        ? _t("This video has %(size)s; at most %(limit)s can be sent. Cut it shorter, or record it here.", sizes)
        : _t("This file has %(size)s; at most %(limit)s can be sent.", sizes);
}

async function readHead(file) {
    try {
        return new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
    } catch {
        throw new UploadError(
            "unreadable",
            _t(
                "This file cannot be read. If it is stored online, download it to this device first; a folder cannot be sent."
            )
        );
    }
}
