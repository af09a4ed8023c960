/**
 * What a file is: by its first bytes where they tell, else by what the browser says, else by its name. The media service
 * looks again, and more closely; here it is about saying so before 200 MB have been sent.
 */

/** How much of a file's beginning is enough. */
export const HEAD = 4096;

const BY_EXTENSION = {
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    png: "image/png",
    webp: "image/webp",
    gif: "image/gif",
    heic: "image/heic",
    heif: "image/heif",
    avif: "image/avif",
    bmp: "image/bmp",
    tif: "image/tiff",
    tiff: "image/tiff",
    mp4: "video/mp4",
    m4v: "video/x-m4v",
    mov: "video/quicktime",
    "3gp": "video/3gpp",
    webm: "video/webm",
    mkv: "video/x-matroska",
    avi: "video/x-msvideo",
    ts: "video/mp2t",
    mts: "video/mp2t",
    mpg: "video/mpeg",
    mpeg: "video/mpeg",
    mp3: "audio/mpeg",
    m4a: "audio/mp4",
    aac: "audio/aac",
    ogg: "audio/ogg",
    oga: "audio/ogg",
    opus: "audio/ogg",
    wav: "audio/wav",
    flac: "audio/flac",
    weba: "audio/webm",
    pdf: "application/pdf",
    txt: "text/plain",
    csv: "text/csv",
    docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    odt: "application/vnd.oasis.opendocument.text",
    ods: "application/vnd.oasis.opendocument.spreadsheet",
    dcm: "application/dicom",
};

/** What the document picker offers; sound counts as a document, because a gallery has none. */
export const DOCUMENTS = ".pdf,.txt,.csv,.docx,.xlsx,.odt,.ods,.dcm,application/pdf,application/dicom,audio/*";

const latin = (bytes, start, end) => String.fromCharCode(...bytes.subarray(start, end));

/** Extensions of what runs when it is opened. */
const PROGRAMS = /\.(exe|msi|bat|cmd|com|scr|ps1|vbs|js|mjs|jar|apk|app|dmg|sh|php|py|pl|hta|lnk|html?|xhtml|svgz?)$/i;
const ARCHIVES = /\.(zip|rar|7z|gz|tgz|bz2|xz|tar)$/i;

/** @returns {"program"|"page"|"drawing"|"archive"|null} what nobody should be sent in a chat */
function refusedContent(bytes) {
    const start = latin(bytes, 0, 8);
    const isProgram =
        (start.startsWith("MZ") && bytes.subarray(0, 64).includes(0)) ||
        start.startsWith("\x7fELF") ||
        start.startsWith("#!") ||
        ["\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"].some(
            (magic) => start.startsWith(magic)
        );
    if (isProgram) {
        return "program";
    }
    if (start.startsWith("Rar!") || start.startsWith("7z\xbc\xaf") || start.startsWith("\x1f\x8b")) {
        return "archive";
    }
    const text = new TextDecoder()
        .decode(bytes)
        .replace(/^\ufeff/, "")
        .trimStart();
    const markup = text.replace(/^<\?xml[^>]*>\s*/i, "").replace(/^(\s*<!--[\s\S]*?-->)+\s*/, "");
    if (/^<(!doctype\s+svg|svg)\b/i.test(markup)) {
        return "drawing";
    }
    return /^<(!doctype\s+html|html|head|body|script)\b/i.test(markup) ? "page" : null;
}

/** @returns {string|null} MIME type by the first bytes; null where they do not tell */
function typeOfContent(bytes) {
    const start = latin(bytes, 0, 16);
    const brand = start.slice(4, 8) === "ftyp" ? start.slice(8, 12).trim().toLowerCase() : "";
    if (brand) {
        return typeOfBrand(brand);
    }
    const known = [
        ["\xff\xd8\xff", "image/jpeg"],
        ["\x89PNG\r\n\x1a\n", "image/png"],
        ["GIF8", "image/gif"],
        ["II*\0", "image/tiff"],
        ["MM\0*", "image/tiff"],
        ["%PDF-", "application/pdf"],
        ["\x1aE\xdf\xa3", "video/webm"],
        ["OggS", "audio/ogg"],
        ["fLaC", "audio/flac"],
        ["ID3", "audio/mpeg"],
    ].find(([magic]) => start.startsWith(magic));
    if (known) {
        return known[1];
    }
    if (start.startsWith("RIFF")) {
        return { WEBP: "image/webp", WAVE: "audio/wav", "AVI ": "video/x-msvideo" }[start.slice(8, 12)] || null;
    }
    return latin(bytes, 128, 132) === "DICM" ? "application/dicom" : null;
}

/** The major brand of an ISO base media file (ISO/IEC 14496-12). */
function typeOfBrand(brand) {
    if (/^(heic|heix|heim|heis|hevc|hevx)$/.test(brand)) {
        return "image/heic";
    }
    if (/^(mif1|msf1)$/.test(brand)) {
        return "image/heif";
    }
    if (/^avi[fs]$/.test(brand)) {
        return "image/avif";
    }
    if (/^(m4a|m4b|f4a)$/.test(brand)) {
        return "audio/mp4";
    }
    if (brand.startsWith("3g")) {
        return "video/3gpp";
    }
    return brand === "qt" ? "video/quicktime" : "video/mp4";
}

/**
 * @param {File} file
 * @returns {string} MIME type by the browser or by the name; empty when neither knows
 */
export function declaredType(file) {
    const type = (file.type || "").split(";")[0].toLowerCase();
    const extension = /\.([^.]+)$/.exec(file.name || "")?.[1].toLowerCase();
    return (type !== "application/octet-stream" && type) || BY_EXTENSION[extension] || "";
}

/**
 * @param {string} mime
 * @returns {"video"|"photo"|"audio"|"document"}
 */
export function kindOfType(mime) {
    const kind = mime.split("/")[0];
    return { video: "video", image: "photo", audio: "audio" }[kind] || "document";
}

/**
 * @param {File} file
 * @param {Uint8Array} head its first `HEAD` bytes
 * @returns {{mime: string, refused: "program"|"page"|"drawing"|"archive"|null}}
 */
export function recognize(file, head) {
    const refused = refusedContent(head);
    if (refused) {
        return { mime: declaredType(file), refused };
    }
    if (PROGRAMS.test(file.name)) {
        return { mime: declaredType(file), refused: /svgz?$/i.test(file.name) ? "drawing" : "program" };
    }
    if (ARCHIVES.test(file.name)) {
        return { mime: declaredType(file), refused: "archive" };
    }
    const declared = declaredType(file);
    const found = typeOfContent(head);
    // Within a kind the name knows better: one beginning serves WebM and MKV, MP4 and M4V, film and sound.
    const sameContainer = found && (kindOfType(found) === kindOfType(declared) || isSoundOf(declared, found));
    return { mime: !found || sameContainer ? declared || found || "" : found, refused: null };
}

/** Sound alone begins like a film: WebM, MP4. */
function isSoundOf(declared, found) {
    return declared.startsWith("audio/") && /^video\/(webm|mp4|3gpp)$/.test(found);
}

/**
 * @param {string} mime
 * @param {string} name
 * @param {string[]} patterns such as `video/*`, `application/pdf`, `.dcm`; empty accepts everything
 * @returns {boolean}
 */
export function isAccepted(mime, name, patterns) {
    if (!patterns?.length) {
        return true;
    }
    return patterns.some((pattern) => {
        const wanted = pattern.trim().toLowerCase();
        if (wanted.startsWith(".")) {
            return name.toLowerCase().endsWith(wanted);
        }
        return wanted.endsWith("/*") ? mime.startsWith(wanted.slice(0, -1)) : mime === wanted;
    });
}
