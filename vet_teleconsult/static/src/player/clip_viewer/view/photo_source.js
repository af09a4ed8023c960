import { Emitter } from "../../../core/emitter";
import { ClipRecovery } from "../playback/clip_recovery";

/** A photo in its `<img>`, with the same care for addresses that expire as a clip. */
export class PhotoSource extends Emitter {
    /**
     * @param {object} media as Odoo describes it
     * @param {object} [options]
     * @param {() => Promise<object>} [options.refresh]
     */
    constructor(media, { refresh = null } = {}) {
        super();
        this.media = { ...media };
        this.loaded = false;
        this.problem = null;
        this.element = null;
        this.recovery = new ClipRecovery(this, refresh);
    }

    attach(element) {
        this.element = element;
        this.onLoad = () => {
            this.loaded = true;
            this.recovery.onLoaded();
            this.changed();
        };
        this.onError = () => this.recovery.recover();
        element.addEventListener("load", this.onLoad);
        element.addEventListener("error", this.onError);
        this.load();
    }

    detach() {
        if (this.element) {
            this.element.removeEventListener("load", this.onLoad);
            this.element.removeEventListener("error", this.onError);
            this.recovery.stop();
            this.element = null;
        }
    }

    load() {
        this.loaded = false;
        this.problem = null;
        this.recovery.load(this.element);
        this.changed();
    }

    get size() {
        return { width: this.element?.naturalWidth || 0, height: this.element?.naturalHeight || 0 };
    }

    get status() {
        if (this.problem) {
            return "failed";
        }
        return this.loaded ? "paused" : "loading";
    }

    changed() {
        this.emit("change");
    }
}
