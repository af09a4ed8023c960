import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { failureOf } from "./fake_service";
import { checkFile } from "@vet_teleconsult/chat/uploader/file_check";

describe.current.tags("desktop");

beforeEach(() => allowTranslations());

const LIMITS = {
    max_bytes: 1000,
    accept: ["image/*", "video/*", "audio/*", "application/pdf", "application/dicom", ".docx", "text/plain"],
};

const bytes = (text, length = 200) => {
    const content = new Uint8Array(length);
    content.set([...text].map((letter) => letter.charCodeAt(0)));
    return content;
};
const check = (name, type, content) => checkFile(new File([content], name, { type }), LIMITS);

for (const [name, type, start, mime, kind] of [
    ["a.jpg", "image/jpeg", "\xff\xd8\xff\xe0", "image/jpeg", "photo"],
    ["a.heic", "", "\0\0\0\x18ftypheic", "image/heic", "photo"],
    ["a.mov", "video/quicktime", "\0\0\0\x14ftypqt  ", "video/quicktime", "video"],
    ["a.webm", "video/webm", "\x1aE\xdf\xa3", "video/webm", "video"],
    ["a.mkv", "", "\x1aE\xdf\xa3", "video/x-matroska", "video"],
    ["sound.webm", "audio/webm", "\x1aE\xdf\xa3", "audio/webm", "audio"],
    ["a.m4a", "audio/x-m4a", "\0\0\0\x18ftypM4A ", "audio/x-m4a", "audio"],
    ["a.avi", "", "RIFF\0\0\0\0AVI ", "video/x-msvideo", "video"],
    ["a.pdf", "application/pdf", "%PDF-1.7", "application/pdf", "document"],
    ["IM0001", "", `${"\0".repeat(128)}DICM`, "application/dicom", "document"],
    [
        "letter.docx",
        "",
        "PK\x03\x04",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "document",
    ],
    ["notes.txt", "text/plain", "MZ is not a program here", "text/plain", "document"],
    ["really-a-film.jpg", "image/jpeg", "\0\0\0\x18ftypmp42", "video/mp4", "video"],
]) {
    test(`${name} that begins like ${mime} is ${kind}`, async () => {
        const isText = type === "text/plain";
        const found = await check(name, type, isText ? start.repeat(5) : bytes(start));
        expect(found).toEqual({ mime, kind });
    });
}

for (const [name, type, content, code] of [
    ["a.mp4", "video/mp4", "", "empty"],
    ["a.mp4", "video/mp4", bytes("\0\0\0\x18ftypmp42", 1001), "too_large"],
    ["holiday.mp4", "video/mp4", bytes("MZ"), "dangerous"],
    ["holiday.jpg", "image/jpeg", bytes("\x7fELF"), "dangerous"],
    ["run.txt", "text/plain", "#!/bin/sh\n", "dangerous"],
    ["drawing.png", "image/png", "<?xml version='1.0'?><!-- a --><svg onload='alert(1)'/>", "dangerous"],
    ["drawing.svg", "image/svg+xml", "\ufeff  <svg/>", "dangerous"],
    ["page.jpg", "image/jpeg", "  <!doctype html><p>", "dangerous"],
    ["films.zip", "application/zip", bytes("PK\x03\x04"), "dangerous"],
    ["films.jpg", "image/jpeg", bytes("Rar!"), "dangerous"],
    ["setup.exe", "", "harmless", "dangerous"],
    ["scene.blend", "", bytes("BLENDER"), "wrong_type"],
]) {
    test(`${name} is refused as ${code}`, async () => {
        expect((await failureOf(check(name, type, content))).code).toBe(code);
    });
}

test("too large says both sizes and what to do", async () => {
    const file = { name: "a.mp4", type: "video/mp4", size: 312 * 1024 ** 2 };
    const { sentence } = await failureOf(checkFile(file, { max_bytes: 200 * 1024 ** 2 }));
    expect(sentence).toBe("This video has 312 MB; at most 200 MB can be sent. Cut it shorter, or record it here.");
});

test("a file that is only online says so", async () => {
    const file = {
        name: "a.mp4",
        type: "",
        size: 10,
        slice: () => ({ arrayBuffer: () => Promise.reject(new Error()) }),
    };
    expect((await failureOf(checkFile(file, LIMITS))).code).toBe("unreadable");
});
