/** How often a participant says that they are looking; Odoo believes it for a little longer. */
const HEARTBEAT = 30000;
/** Going to the next window and back at once is no going away. */
const BLINK = 1000;

/**
 * Whether somebody has the thread before their eyes: it is shown, in a window that is visible and has the focus. Says so
 * at once, and again every 30 seconds for as long as it is true.
 */
export class Presence {
    /**
     * @param {object} options
     * @param {(looking: boolean) => void} options.onBeat at each change and each heartbeat
     * @param {Window} [options.page]
     */
    constructor({ onBeat, page = window }) {
        Object.assign(this, { onBeat, page });
        this.shown = 0;
        this.looking = false;
        this._update = () => this._check();
        this._leave = () => this._stop();
        page.addEventListener("focus", this._update);
        page.addEventListener("blur", this._update);
        page.addEventListener("pagehide", this._leave);
        page.document.addEventListener("visibilitychange", this._update);
    }

    /** @returns {() => void} to be called when the thread shows no more */
    show() {
        this.shown += 1;
        this._check();
        return () => {
            this.shown -= 1;
            this._check();
        };
    }

    /** Whether the thread is before somebody's eyes at this very moment. */
    get visible() {
        const { document } = this.page;
        return this.shown > 0 && document.visibilityState === "visible" && document.hasFocus();
    }

    _check() {
        clearTimeout(this.blinkTimer);
        if (this.visible && !this.looking) {
            this.looking = true;
            this.onBeat(true);
            this.heartbeat = setInterval(() => this.onBeat(true), HEARTBEAT);
        } else if (!this.visible && this.looking) {
            this.blinkTimer = setTimeout(() => !this.visible && this._stop(), BLINK);
        }
    }

    _stop() {
        if (this.looking) {
            this.looking = false;
            clearInterval(this.heartbeat);
            this.onBeat(false);
        }
    }

    close() {
        this.shown = 0;
        this._stop();
        clearTimeout(this.blinkTimer);
        this.page.removeEventListener("focus", this._update);
        this.page.removeEventListener("blur", this._update);
        this.page.removeEventListener("pagehide", this._leave);
        this.page.document.removeEventListener("visibilitychange", this._update);
    }
}
