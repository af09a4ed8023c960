/** Repaints of the page after a seek in which its frame must have come up, or there is none. */
const LONGEST_WAIT = 30;
/** Repaints after which a frame that came up during the seek is the one of the seek. */
const SETTLED = 2;

/**
 * Seeks a video and tells which frame is then on the screen, by `requestVideoFrameCallback`
 * (https://wicg.github.io/video-rvfc/). Browsers without it are told the time of the frame by the rate.
 */
export class FrameSeeker {
    /**
     * @param {HTMLVideoElement} element
     * @param {(time: number) => void} onFrame is told the time (s) of each frame presented
     * @param {() => number} interval s between frames, where the browser does not tell
     */
    constructor(element, onFrame, interval) {
        this.element = element;
        this.onFrame = onFrame;
        this.interval = interval;
        this.exact = typeof element.requestVideoFrameCallback === "function";
        /** @type {number|null} s, time of the frame presented last */
        this.frame = null;
        this.presented = 0;
        this.handle = null;
        this.abort = null;
        if (this.exact) {
            this.watch();
        }
    }

    watch() {
        this.handle = this.element.requestVideoFrameCallback((now, { mediaTime }) => {
            this.frame = mediaTime;
            this.presented++;
            this.watch();
            this.onFrame(mediaTime);
        });
    }

    stop() {
        if (this.handle !== null) {
            this.element.cancelVideoFrameCallback(this.handle);
            this.handle = null;
        }
        this.abort?.();
    }

    /** What was on the screen belongs to another file. */
    forget() {
        this.frame = null;
        this.presented = 0;
        this.abort?.();
    }

    /**
     * @param {number} target s
     * @returns {Promise<number>} s, time of the frame on the screen
     * @throws {Error} `aborted` when the file is unloaded meanwhile
     */
    async show(target) {
        const before = this.presented;
        await this.sought(target);
        if (!this.exact) {
            const interval = this.interval();
            this.frame = Math.floor(target / interval + 0.01) * interval;
            return this.frame;
        }
        const during = this.presented;
        let settled = 0;
        for (let repaint = 0; repaint < LONGEST_WAIT; repaint++) {
            if (this.presented > during || (during > before && settled++ >= SETTLED)) {
                break;
            }
            await this.repaint();
        }
        return this.frame ?? target;
    }

    sought(target) {
        return this.whole((resolve) => {
            this.element.addEventListener("seeked", resolve, { once: true });
            this.element.currentTime = target;
            return () => this.element.removeEventListener("seeked", resolve);
        });
    }

    repaint() {
        return this.whole((resolve) => {
            const handle = requestAnimationFrame(resolve);
            return () => cancelAnimationFrame(handle);
        });
    }

    /** A wait that an unloaded file ends. */
    whole(begin) {
        return new Promise((resolve, reject) => {
            const cancel = begin(() => {
                this.abort = null;
                resolve();
            });
            this.abort = () => {
                this.abort = null;
                cancel();
                reject(new Error("aborted"));
            };
        });
    }
}
