/** Handwriting has to be read, bytes have to be sent: pixels of the longer side. */
const SIDE = 2400;
const QUALITY = 0.85;

/**
 * Make a photo ready to be sent: upright, and no larger than needed. What the browser cannot read goes as it is.
 *
 * @param {File} file
 * @returns {Promise<string>} its content as base64
 */
export async function readPhoto(file) {
    const content = file.type.startsWith("image/") ? await shrink(file) : file;
    return toBase64(content);
}

async function shrink(file) {
    try {
        const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
        const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(bitmap.width * scale);
        canvas.height = Math.round(bitmap.height * scale);
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        bitmap.close();
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
        return blob || file;
    } catch {
        return file;
    }
}

function toBase64(blob) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(blob);
    });
}
