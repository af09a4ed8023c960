import { isAndroid, isIos } from "../../room/rtc/environment";

/**
 * @returns {boolean} whether `capture` (HTML Media Capture) opens a camera here; elsewhere it opens the same picker as
 *   without it
 */
export const hasCameraApp = () =>
    isIos() || isAndroid() || Boolean(globalThis.matchMedia?.("(pointer: coarse)").matches);
