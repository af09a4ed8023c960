import { browser } from "@web/core/browser/browser";

/** Two notes of a doorbell: frequency in Hz, and when each begins, in seconds. */
const NOTES = [
    [659.25, 0],
    [523.25, 0.35],
];
const LENGTH = 0.6;
const LOUDNESS = 0.2;
const GESTURES = ["pointerdown", "keydown"];

/**
 * A doorbell, made by the browser itself (Web Audio): no file to load.
 *
 * Browsers play nothing before a person has clicked or typed on the page (HTML, "sticky activation"): the first gesture
 * makes it ready.
 */
export class Chime {
    /** @param {typeof AudioContext} [AudioContext] */
    constructor(AudioContext = browser.AudioContext || globalThis.AudioContext) {
        this.AudioContext = AudioContext;
        this.context = null;
        this._onGesture = () => this._prepare();
        GESTURES.forEach((gesture) =>
            document.addEventListener(gesture, this._onGesture, { capture: true, once: true })
        );
    }

    _prepare() {
        GESTURES.forEach((gesture) => document.removeEventListener(gesture, this._onGesture, { capture: true }));
        if (this.AudioContext && !this.context) {
            this.context = new this.AudioContext();
        }
    }

    /** @returns {boolean} whether it was heard: not before the first gesture */
    ring() {
        const { context } = this;
        if (!context) {
            return false;
        }
        context.resume?.();
        for (const [frequency, delay] of NOTES) {
            this._play(context, frequency, context.currentTime + delay);
        }
        return true;
    }

    _play(context, frequency, start) {
        const oscillator = context.createOscillator();
        const gain = context.createGain();
        oscillator.frequency.value = frequency;
        gain.gain.setValueAtTime(LOUDNESS, start);
        gain.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
        oscillator.connect(gain).connect(context.destination);
        oscillator.start(start);
        oscillator.stop(start + LENGTH);
    }
}
