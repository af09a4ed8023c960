import { extensionOf } from "../uploader/recording_store";

/**
 * How a recording is encoded: what every browser plays comes first, because then nobody has to wait for the clinic's
 * media service to convert it.
 */

const VIDEO = [
    "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4;codecs=avc1,mp4a.40.2",
    "video/webm;codecs=vp9,opus",
    "video/webm;codecs=vp8,opus",
    "video/webm",
    "video/mp4",
];
const SOUND = [
    "audio/mp4;codecs=mp4a.40.2",
    "audio/webm;codecs=opus",
    "audio/ogg;codecs=opus",
    "audio/webm",
    "audio/mp4",
];

const AUDIO_BITRATE = 64_000;
/** Below, movement is no longer to be judged; above, nothing more is to be seen on a phone's 720 lines. */
const VIDEO_BITRATES = { least: 250_000, most: 2_500_000 };
/** Share of the size that is left for the container, and for encoders that do not keep to their rate. */
const MARGIN = 0.07;

/**
 * @param {"video"|"sound"|"screen"} mode
 * @param {typeof MediaRecorder} [Recorder]
 * @returns {{mimeType: string, extension: string}|null} null where the browser records nothing of the kind
 */
export function chooseFormat(mode, Recorder = globalThis.MediaRecorder) {
    const candidates = mode === "sound" ? SOUND : VIDEO;
    const mimeType = candidates.find((candidate) => Recorder?.isTypeSupported?.(candidate));
    return mimeType ? { mimeType, extension: extensionOf(mimeType) } : null;
}

/**
 * Rates with which the longest recording just fits into the largest file.
 *
 * @param {object} limits
 * @param {number} limits.maxBytes
 * @param {number} limits.maxSeconds
 * @param {boolean} limits.video
 * @returns {{audioBitsPerSecond: number, videoBitsPerSecond?: number}} options of `MediaRecorder`
 */
export function chooseBitrates({ maxBytes, maxSeconds, video }) {
    const total = ((maxBytes * 8) / maxSeconds) * (1 - MARGIN);
    if (!video) {
        return { audioBitsPerSecond: Math.round(Math.min(2 * AUDIO_BITRATE, total)) };
    }
    const { least, most } = VIDEO_BITRATES;
    const rate = Math.min(most, Math.max(least, total - AUDIO_BITRATE));
    return { audioBitsPerSecond: AUDIO_BITRATE, videoBitsPerSecond: Math.round(rate) };
}
