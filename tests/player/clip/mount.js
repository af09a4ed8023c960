import { App } from "@odoo/owl";
import { translatedTerms, translationLoaded } from "@web/core/l10n/translation";
import { ClipViewer } from "@vet_teleconsult/player/clip_viewer/clip_viewer";

translatedTerms[translationLoaded] = true;

const BITS = 16;

const templates = document.implementation.createDocument(null, "templates");
for (const path of await (await fetch("/templates.json")).json()) {
    const text = await (await fetch(path)).text();
    const { documentElement } = new DOMParser().parseFromString(text, "text/xml");
    templates.documentElement.append(...documentElement.children);
}

const styled = (await (await fetch("/styles.json")).json()).map((href) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    const loaded = new Promise((resolve) => link.addEventListener("load", resolve));
    document.head.append(link);
    return loaded;
});
await Promise.all(styled);

const canvas = document.createElement("canvas");
canvas.width = BITS;
canvas.height = 1;
const context = canvas.getContext("2d", { willReadFrequently: true });

/** The number that a picture shows: the upper half's blocks, one bit each. */
window.readNumber = (picture, width, height) => {
    context.drawImage(picture, 0, 0, width, height / 2, 0, 0, BITS, 1);
    const { data } = context.getImageData(0, 0, BITS, 1);
    let value = 0;
    for (let bit = 0; bit < BITS; bit++) {
        value = value * 2 + (data[bit * 4] > 127 ? 1 : 0);
    }
    return value;
};

/** A picture turned back by quarters, as it was filmed. */
const turnedBack = (picture, width, height, quarters) => {
    const copy = document.createElement("canvas");
    copy.width = quarters % 2 ? height : width;
    copy.height = quarters % 2 ? width : height;
    const drawing = copy.getContext("2d");
    drawing.translate(copy.width / 2, copy.height / 2);
    drawing.rotate((-quarters * Math.PI) / 2);
    drawing.drawImage(picture, -width / 2, -height / 2);
    return copy;
};

/** The number of the frame on the screen, read from the pixels. */
window.readFrame = (index = 0, quarters = 0) => {
    const video = document.querySelectorAll("[data-test=clip-video]")[index];
    const picture = turnedBack(video, video.videoWidth, video.videoHeight, quarters);
    return window.readNumber(picture, picture.width, picture.height);
};

/** The number that the still shows which was saved last. */
window.readStill = (quarters = 0) => {
    const still = window.savedPicture;
    const picture = turnedBack(still, still.width, still.height, quarters);
    return window.readNumber(picture, picture.width, picture.height);
};

/** Colour of a pixel of the still that was saved last. */
window.stillPixel = (x, y) => {
    context.drawImage(window.savedPicture, x, y, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
};

window.saved = [];
window.closes = 0;
const { media, others = [], owner = false, start = null, withoutClose = false } = window.clipOptions;
const describe = async (name) => (await fetch(`/media.json?name=${encodeURIComponent(name)}`)).json();
const refresh = () => describe(media);

const props = {
    media: await refresh(),
    others: await Promise.all(others.map(describe)),
    role: owner ? "owner" : "vet",
    start: start ?? undefined,
    onClose: withoutClose ? null : () => window.closes++,
    refresh,
    saveStill: async (blob, values) => {
        if (window.refuseStill) {
            throw Object.assign(new Error("too_large"), {
                sentence: "This file is too large.",
                nextStep: "Send less.",
            });
        }
        const picture = await createImageBitmap(blob);
        const { width, height } = picture;
        window.savedPicture = picture;
        window.saved.push({ ...values, type: blob.type, size: blob.size, width, height });
    },
    saveObservation: owner
        ? null
        : async (values) => {
              window.saved.push(values);
          },
};
const app = new App(ClipViewer, { templates, test: true, translateFn: (text) => text, props });
window.clipApp = app;
window.clipViewer = await app.mount(document.body);
/** News of the media, as from the bus. */
window.refreshMedia = async () => window.clipViewer.source.recovery.update(await refresh());
