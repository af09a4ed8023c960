import { RecordingLeg } from "../rtc/recording_leg";
import { NO_RECORDING } from "./call_state";

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
     * @param {{get: Function, set: Function}} options.memory keeps grants over a reload
     */
    constructor({ state, signaling, api, getIceServers, getTracks, maxBitrate, consentVersion, memory }) {
        Object.assign(this, { state, signaling, api, getIceServers, getTracks, maxBitrate, consentVersion, memory });
        this.legs = { camera: null, screen: null };
        this.withdrawn = null;
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

    /** After each welcome: show the grant again, a restarted sidecar does not know it; mend the legs. */
    resume() {
        if (this.withdrawn && this.withdrawn === this.state.call?.id) {
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

    /** The recorder no longer accepts the stored answer (it was withdrawn, or the question was asked anew). */
    onConsentSpent() {
        const call = this.state.call?.id;
        if (call) {
            this.memory.set(`grant:${call}`, null);
        }
        this._offerGrant();
    }

    _offerGrant() {
        const call = this.state.call?.id;
        const grant = (call && this.memory.get(`grant:${call}`)) || null;
        this.state.consented = Boolean(grant);
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
                this.withdrawn = null;
            }
            this.signaling.send("consent", { grant });
            this.state.consented = decision === "granted";
            this.state.consentAsked = false;
        } catch (error) {
            // The question stays: nobody is recorded without an answer that is kept.
            this.state.consentError = error.code || "server";
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
        this.withdrawn = call;
        this.state.consented = false;
        this._closeLegs();
        this.signaling.send("consent", { decision: "withdrawn" });
    }

    // ----------------------------------------------------------- vet's word

    request() {
        this.withdrawn = null;
        return this.signaling.send("recording", { action: "request" });
    }

    stop() {
        return this.signaling.send("recording", { action: "stop" });
    }

    // ----------------------------------------------------------------- legs

    /** Open and close legs so that they agree with the recording's state and with what is being sent. */
    syncLegs() {
        const recording = this.state.recording.state === "recording" && this.withdrawn !== this.state.call?.id;
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
