/**
 * Notes which frame of a video was last put on the screen and when, where the browser tells
 * (https://wicg.github.io/video-rvfc/). Elsewhere `currentTime` has to do.
 */
export class FrameMeter {
    /** @param {HTMLMediaElement} element */
    constructor(element) {
        this.element = element;
        this.frame = null;
        this.handle = null;
        if (typeof element.requestVideoFrameCallback === "function") {
            this.watch();
        }
    }

    watch() {
        this.handle = this.element.requestVideoFrameCallback((now, { mediaTime, expectedDisplayTime }) => {
            this.frame = { mediaTime, shownAt: expectedDisplayTime };
            this.watch();
        });
    }

    /** A seek makes what was seen before worthless. */
    forget() {
        this.frame = null;
    }

    stop() {
        if (this.handle !== null) {
            this.element.cancelVideoFrameCallback(this.handle);
            this.handle = null;
        }
        this.frame = null;
    }

    /**
     * The media time that the picture on the screen stands for at an instant, carried on from the last frame shown.
     *
     * @param {number} time ms, `performance.now()`
     * @returns {number|null} s; null without a recent frame
     */
    mediaTimeAt(time) {
        if (!this.frame || time - this.frame.shownAt > 1000) {
            return null;
        }
        const { paused, playbackRate } = this.element;
        const elapsed = paused ? 0 : ((time - this.frame.shownAt) / 1000) * playbackRate;
        return this.frame.mediaTime + elapsed;
    }
}
