import { _t } from "@web/core/l10n/translation";

export const STILL_TYPE = "image/jpeg";
/** Of a photograph: a PNG of a phone's frame would be ten times as large and show nothing more. */
const STILL_QUALITY = 0.95;

/** A picture that cannot be had; `message` is a sentence for a person. */
export class CaptureError extends Error {}

/** The picture came from a server that does not let pages read its pixels. */
const unreadable = () =>
    new CaptureError(
        _t("The media service does not let this page copy the picture. Take a screenshot, or ask your administrator.")
    );

/**
 * Copy what a video or image shows, in its full resolution.
 *
 * @param {HTMLVideoElement|HTMLImageElement} element
 * @param {number} quarters quarter turns clockwise, beyond those the file itself asks for
 * @returns {HTMLCanvasElement}
 * @throws {CaptureError} when there is no picture, or its pixels may not be read
 */
export function capture(element, quarters) {
    const width = element.videoWidth || element.naturalWidth || 0;
    const height = element.videoHeight || element.naturalHeight || 0;
    if (!width || !height) {
        throw new CaptureError(_t("There is no picture yet. Wait until it is shown, then take the still again."));
    }
    const canvas = document.createElement("canvas");
    canvas.width = quarters % 2 ? height : width;
    canvas.height = quarters % 2 ? width : height;
    const context = canvas.getContext("2d");
    if (!context) {
        throw new CaptureError(_t("This picture is too large for your browser to copy."));
    }
    context.translate(canvas.width / 2, canvas.height / 2);
    context.rotate((quarters * Math.PI) / 2);
    context.drawImage(element, -width / 2, -height / 2, width, height);
    try {
        context.getImageData(0, 0, 1, 1);
    } catch {
        throw unreadable();
    }
    return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>} a JPEG
 * @throws {CaptureError}
 */
export async function toBlob(canvas) {
    const blob = await new Promise((resolve, reject) => {
        try {
            canvas.toBlob(resolve, STILL_TYPE, STILL_QUALITY);
        } catch {
            reject(unreadable());
        }
    });
    if (!blob) {
        throw new CaptureError(_t("This picture is too large for your browser to save."));
    }
    return blob;
}
