import { ApiError } from "../../core/api";
import { RecordingLeg } from "../rtc/recording_leg";
import { hasAgreed, NO_RECORDING } from "./call_state";

/**
 * This browser's part in a recording: the participant's own consent, and the legs that carry camera and screen to the
 * recorder while it runs. Who may be recorded is decided elsewhere: the sidecar says `recording` only when everyone
 * present has shown a grant from Odoo.
 */
export class RecordingControl {
    /**
     * @param {object} options
     * @param {object} options.state of the call, see `makeCallState`
     * @param {import("../rtc/signaling").Signaling} options.signaling
     * @param {import("../../core/api").RoomApi} options.api
     * @param {() => RTCIceServer[]} options.getIceServers
     * @param {() => {microphone, camera, screen, screenAudio}} options.getTracks
     * @param {number} options.maxBitrate of a video, in bits per second
     * @param {string|number} options.consentVersion version of the text that is shown
     * @param {{get: Function, set: Function}} options.memory keeps grants and withdrawals over a reload
     */
    constructor({ state, signaling, api, getIceServers, getTracks, maxBitrate, consentVersion, memory }) {
        Object.assign(this, { state, signaling, api, getIceServers, getTracks, maxBitrate, consentVersion, memory });
        this.legs = { camera: null, screen: null };
        this.state.withdrawn = memory.get("withdrawn");
    }

    // --------------------------------------------------------------- frames

    /** @param {object} recording the sidecar's word on the recording */
    update(recording) {
        const previous = this.state.recording.state;
        this.state.recording = { ...NO_RECORDING, ...recording };
        if (recording.state !== previous) {
            this.state.recordingProblem = null;
            this.state.refusal = null;
        }
        this._offerGrant();
        this.syncLegs();
    }

    /** After each welcome: tell what the sidecar could not be told while it was away; mend the legs. */
    resume() {
        const { recording, self } = this.state;
        if (this.isWithdrawn && hasAgreed(recording, self?.id)) {
            this.signaling.send("consent", { decision: "withdrawn" });
        }
        for (const leg of Object.values(this.legs)) {
            leg?.reopen();
        }
        this.syncLegs();
    }

    /** A new call, or none: what was agreed to belongs to one call. */
    onCall() {
        this._offerGrant();
    }

    /**
     * The sidecar does not accept the stored answer: it was withdrawn, has expired, or is for another call.
     *
     * @param {string} code
     */
    onConsentRefused(code) {
        const call = this.state.call?.id;
        if (call) {
            this.memory.set(`grant:${call}`, null);
        }
        this._offerGrant();
        if (this.state.consentAsked) {
            this.state.consentError = { code };
        }
    }

    /** @returns {boolean} whether this participant has taken back their consent to the present call */
    get isWithdrawn() {
        return Boolean(this.state.withdrawn) && this.state.withdrawn === this.state.call?.id;
    }

    _setWithdrawn(call) {
        this.state.withdrawn = call;
        this.memory.set("withdrawn", call);
    }

    _offerGrant() {
        const call = this.state.call?.id;
        const grant = (call && this.memory.get(`grant:${call}`)) || null;
        const missing = Boolean(call) && this.state.recording.missing.includes(this.state.self?.id);
        if (grant && missing) {
            this.signaling.send("consent", { grant });
        }
        this.state.consentAsked = missing && !grant;
        if (!this.state.consentAsked) {
            this.state.consentError = null;
        }
    }

    // -------------------------------------------------------------- consent

    /**
     * Keep the decision in Odoo, with the text shown, and show the proof to the sidecar.
     *
     * @param {"granted"|"refused"} decision
     */
    async decide(decision) {
        const call = this.state.call?.id;
        if (!call || this.state.consentBusy) {
            return;
        }
        this.state.consentBusy = true;
        this.state.consentError = null;
        try {
            const { grant } = await this.api.consent(decision, call, this.consentVersion);
            if (decision === "granted") {
                this.memory.set(`grant:${call}`, grant);
                this._setWithdrawn(null);
            }
            this.signaling.send("consent", { grant });
            this.state.consentAsked = false;
        } catch (error) {
            // The question stays: nobody is recorded without an answer that is kept.
            const { code, sentence, nextStep } = error instanceof ApiError ? error : new ApiError("server");
            this.state.consentError = { code, sentence, nextStep };
        } finally {
            this.state.consentBusy = false;
        }
    }

    /** Stop being recorded, now: our media stops at once, even when the sidecar cannot be told yet. */
    withdraw() {
        const call = this.state.call?.id;
        if (!call) {
            return;
        }
        this.memory.set(`grant:${call}`, null);
        this._setWithdrawn(call);
        this._closeLegs();
        this.signaling.send("consent", { decision: "withdrawn" });
    }

    // ----------------------------------------------------------- vet's word

    request() {
        return this.signaling.send("recording", { action: "request" });
    }

    stop() {
        return this.signaling.send("recording", { action: "stop" });
    }

    // ----------------------------------------------------------------- legs

    /** Open and close legs so that they agree with the recording's state and with what is being sent. */
    syncLegs() {
        const recording = this.state.recording.state === "recording" && !this.isWithdrawn;
        const tracks = this.getTracks();
        this._syncLeg("camera", recording, { video: tracks.camera, audio: tracks.microphone });
        this._syncLeg("screen", recording && Boolean(tracks.screen), {
            video: tracks.screen,
            audio: tracks.screenAudio,
        });
    }

    _syncLeg(source, wanted, tracks) {
        const leg = this.legs[source];
        if (!wanted) {
            leg?.close();
            this.legs[source] = null;
        } else if (leg) {
            leg.setTracks(tracks);
        } else {
            this.legs[source] = this._openLeg(source, tracks);
        }
    }

    _openLeg(source, tracks) {
        const leg = new RecordingLeg({
            source,
            tracks,
            signaling: this.signaling,
            iceServers: this.getIceServers(),
            maxBitrate: this.maxBitrate,
        });
        leg.on("problem", (problem) => (this.state.recordingProblem = problem));
        leg.on("open", () => (this.state.recordingProblem = null));
        return leg;
    }

    _closeLegs() {
        for (const source of Object.keys(this.legs)) {
            this.legs[source]?.close();
            this.legs[source] = null;
        }
    }

    close() {
        this._closeLegs();
    }
}
