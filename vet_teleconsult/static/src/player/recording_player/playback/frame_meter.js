/** Between two frames, s. */
const LONGEST_INTERVAL = 0.05;

/**
 * Notes which frame of a video was last put on the screen and when, where the browser tells
 * (https://wicg.github.io/video-rvfc/). Elsewhere `currentTime` has to do.
 */
export class FrameMeter {
    /** @param {HTMLMediaElement} element */
    constructor(element) {
        this.element = element;
        this.frame = null;
        this.frames = 0;
        this.interval = null;
        this.handle = null;
        if (typeof element.requestVideoFrameCallback === "function") {
            this.watch();
        }
    }

    watch() {
        this.handle = this.element.requestVideoFrameCallback((now, { mediaTime, expectedDisplayTime }) => {
            this.interval = this.frame ? mediaTime - this.frame.mediaTime : null;
            this.frame = { mediaTime, shownAt: expectedDisplayTime };
            this.frames++;
            this.watch();
        });
    }

    /** A seek makes what was seen before worthless. */
    forget() {
        this.frame = null;
        this.frames = 0;
    }

    stop() {
        this.forget();
        if (this.handle !== null) {
            this.element.cancelVideoFrameCallback(this.handle);
            this.handle = null;
        }
    }

    /**
     * The media time that the picture on the screen stands for at an instant, carried on from the last frame shown.
     *
     * @param {number} time ms, `performance.now()`
     * @returns {number|null} s; null without a recent frame, for the first one after a seek, which may come up anywhere
     *     in the time that it is for, and for pictures too seldom to tell the time by, as those of a shared screen
     */
    mediaTimeAt(time) {
        if (this.frames < 2 || this.interval > LONGEST_INTERVAL || time - this.frame.shownAt > 1000) {
            return null;
        }
        const { paused, playbackRate } = this.element;
        const elapsed = paused ? 0 : ((time - this.frame.shownAt) / 1000) * playbackRate;
        return this.frame.mediaTime + elapsed;
    }
}
