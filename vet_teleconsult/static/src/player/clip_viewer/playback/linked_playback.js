import { Emitter } from "../../../core/emitter";
import { DriftCorrector } from "../../recording_player/playback/drift";

/** A seek of a clip that plays takes about so long, s. */
const USUAL_LEAD = 0.1;

/**
 * Two clips behind one transport: the second shows the frame nearest to the first one's, moved by an offset. Looks like
 * a single playback to the controls. The second may be a photo, which stands still; then it is left out.
 */
export class LinkedPlayback extends Emitter {
    /**
     * @param {import("./clip_playback").ClipPlayback} first
     * @param {import("./clip_playback").ClipPlayback} second
     */
    constructor(first, second) {
        super();
        this.first = first;
        this.second = second;
        /** s by which the second clip is ahead */
        this.offset = 0;
        this.lead = USUAL_LEAD;
        this.jumped = false;
        this.corrector = new DriftCorrector();
        this.following = null;
        this.stopListening = [
            first.on("change", () => this.changed()),
            second.on("change", () => this.changed()),
            first.on("position", (position) => this.onPosition(position)),
            first.on("jump", () => this.onJump()),
        ];
        second.clearLoop();
        second.setSound({ muted: true });
        second.setRate(first.rate);
    }

    destroy() {
        this.stopListening.forEach((stop) => stop());
        this.first.pause();
        this.second.pause();
    }

    changed() {
        this.emit("change");
    }

    // ------------------------------------------------------------------
    // As of one clip: the first
    // ------------------------------------------------------------------

    get hasPicture() {
        return true;
    }

    get position() {
        return this.first.position;
    }

    get now() {
        return this.first.now;
    }

    get duration() {
        return this.first.duration;
    }

    get rate() {
        return this.first.rate;
    }

    get muted() {
        return this.first.muted;
    }

    get loop() {
        return this.first.loop;
    }

    get wanted() {
        return this.first.wanted;
    }

    get reversing() {
        return this.first.reversing;
    }

    get busy() {
        return this.first.busy || this.second.busy || this.following !== null;
    }

    get status() {
        return this.first.status;
    }

    setSound(sound) {
        this.first.setSound(sound);
    }

    markStart() {
        this.first.markStart();
    }

    markEnd() {
        this.first.markEnd();
    }

    clearLoop() {
        this.first.clearLoop();
    }

    setRate(rate) {
        this.corrector.reset();
        this.first.setRate(rate);
        this.second.setRate(rate);
    }

    changeRate(by) {
        this.first.changeRate(by);
        this.setRate(this.first.rate);
    }

    // ------------------------------------------------------------------
    // Together
    // ------------------------------------------------------------------

    async play() {
        this.corrector.reset();
        await this.align();
        await Promise.all([this.first.play(), this.second.play()]);
    }

    async pause() {
        await Promise.all([this.first.pause(), this.second.pause()]);
        await this.align();
    }

    toggle() {
        return this.wanted || this.reversing ? this.pause() : this.play();
    }

    async reverse() {
        await this.second.pause();
        await this.first.reverse();
        await this.align();
    }

    async seek(position) {
        await this.first.seek(position);
        await this.align();
    }

    toStart() {
        return this.seek(0);
    }

    toEnd() {
        return this.seek(this.duration);
    }

    async step(count) {
        if (this.second.wanted) {
            await this.second.pause();
        }
        await this.first.step(count);
        await this.align();
    }

    // ------------------------------------------------------------------
    // The second alone
    // ------------------------------------------------------------------

    /** Moves the second against the first by frames; the offset stays. */
    async stepSecond(count) {
        await this.pause();
        await this.second.step(count);
        this.offset = this.second.position - this.first.position;
        this.changed();
    }

    /** Moves the second against the first by seconds. */
    async shiftSecond(seconds) {
        await this.pause();
        await this.second.seek(this.second.position + seconds);
        this.offset = this.second.position - this.first.position;
        this.changed();
    }

    /** Both from their beginnings, again. */
    async resetOffset() {
        await this.pause();
        this.offset = 0;
        await this.align();
        this.changed();
    }

    // ------------------------------------------------------------------
    // Keeping step
    // ------------------------------------------------------------------

    /** s, of the second clip, for where the first one is */
    get counterpart() {
        return Math.min(Math.max(0, this.first.position + this.offset), this.second.duration);
    }

    /** Bring the second to its frame; asked again meanwhile, once more. */
    align() {
        this.again = true;
        this.following ??= (async () => {
            while (this.again) {
                this.again = false;
                await this.second.seekNearest(this.counterpart);
            }
        })().finally(() => {
            this.following = null;
            this.changed();
        });
        return this.following;
    }

    onJump() {
        this.jumped = true;
        this.emit("jump");
    }

    onPosition(position) {
        this.emit("position", position);
        if (this.jumped && this.first.status === "playing" && !this.first.busy) {
            this.jumped = false;
            this.realign();
        } else if (this.first.reversing) {
            this.align();
        } else if (this.first.status === "playing" && this.second.status === "playing") {
            this.keepStep();
        } else if (this.first.ended && this.second.wanted) {
            this.second.pause();
        }
    }

    keepStep() {
        const { nudge, seek } = this.corrector.update(this.second.now - this.offset - this.first.now);
        if (seek) {
            this.realign();
        } else {
            this.second.nudge(nudge);
        }
    }

    /** While both play, to where the first will be when the second is there. */
    async realign() {
        const began = performance.now();
        this.corrector.reset();
        await this.second.seek(this.counterpart + this.lead * this.rate);
        this.lead = (performance.now() - began) / 1000;
    }
}
