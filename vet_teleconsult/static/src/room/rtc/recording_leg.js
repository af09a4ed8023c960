import { Backoff } from "../../core/backoff";
import { Emitter } from "../../core/emitter";
import { randomIdentifier } from "../../core/identifier";

const GATHERING_PATIENCE = 1000;
const ANSWER_PATIENCE = 10000;
const DISCONNECTED_PATIENCE = 4000;
/** Ends that are meant: the recorder's word that it needs no more. */
const INTENDED = new Set(["finished", "paused", "stopped"]);

/**
 * Let the recorder ask for lost audio packets again; browsers offer that for video only.
 *
 * @param {string} sdp
 * @returns {string}
 */
export function withAudioNack(sdp) {
    return sdp.replace(/a=rtpmap:(\d+) opus\/48000\/2\r\n/gi, (line, payload) =>
        sdp.includes(`a=rtcp-fb:${payload} nack\r\n`) ? line : `${line}a=rtcp-fb:${payload} nack\r\n`
    );
}

/**
 * The send-only connection that carries one source (camera with microphone, or screen) to the recorder, apart from
 * the peer-to-peer one. It is opened anew, as a new leg, whenever it fails while recording goes on: the recorder
 * makes a new segment of it. Without any track it waits for the first one; once open it stays so, whatever is turned off.
 *
 * Emits `problem` {reason, message} and `open`.
 */
export class RecordingLeg extends Emitter {
    /**
     * @param {object} options
     * @param {"camera"|"screen"} options.source
     * @param {import("./signaling").Signaling} options.signaling
     * @param {RTCIceServer[]} options.iceServers
     * @param {number} options.maxBitrate of the video, in bits per second
     * @param {{video: MediaStreamTrack|null, audio: MediaStreamTrack|null}} options.tracks
     * @param {typeof RTCPeerConnection} [options.RTCPeerConnection]
     * @param {Backoff} [options.backoff]
     */
    constructor({
        source,
        signaling,
        iceServers,
        maxBitrate,
        tracks,
        RTCPeerConnection = globalThis.RTCPeerConnection,
        backoff = new Backoff({ first: 500, longest: 8000 }),
    }) {
        super();
        Object.assign(this, { source, signaling, iceServers, maxBitrate, tracks, RTCPeerConnection, backoff });
        this.stopped = false;
        this._unsubscribe = [
            signaling.on("record-answer", (frame) => frame.leg === this.id && this._answer(frame.sdp)),
            signaling.on("record-closed", (frame) => frame.leg === this.id && this._closedByRecorder(frame)),
        ];
        this._open();
    }

    /** @param {{video: MediaStreamTrack|null, audio: MediaStreamTrack|null}} tracks sent from now on */
    setTracks(tracks) {
        this.tracks = tracks;
        this.senders?.video?.replaceTrack(tracks.video || null).catch(() => {});
        this.senders?.audio?.replaceTrack(tracks.audio || null).catch(() => {});
        if (this.awaitsTrack && this.hasTrack) {
            this._open();
        }
    }

    get hasTrack() {
        return Boolean(this.tracks.video || this.tracks.audio);
    }

    async _open() {
        this._closeConnection();
        this.awaitsTrack = !this.hasTrack;
        if (this.stopped || this.awaitsTrack || !this.signaling.open) {
            // The owner of the leg opens it anew after the next welcome.
            return;
        }
        const id = (this.id = randomIdentifier());
        const current = () => id === this.id && !this.stopped;
        const pc = (this.pc = new this.RTCPeerConnection({ iceServers: this.iceServers, bundlePolicy: "max-bundle" }));
        const stream = new MediaStream();
        this.senders = {};
        if (this.source === "camera" || this.tracks.audio) {
            this.senders.audio = this._addSection("audio", stream);
        }
        this.senders.video = this._addSection("video", stream);
        pc.onconnectionstatechange = () => current() && this._onConnectionChange();
        this.answerTimer = setTimeout(() => current() && this._fail("timeout"), ANSWER_PATIENCE);
        try {
            await this._setOffer(pc);
            await this._gathered(pc);
            if (current() && !this.signaling.send("record-offer", this._offerFrame(id, pc))) {
                this._closeConnection();
            }
        } catch (error) {
            if (current()) {
                this._fail("failed", error.message);
            }
        }
    }

    _offerFrame(id, pc) {
        return { leg: id, source: this.source, sdp: pc.localDescription.sdp };
    }

    _addSection(kind, stream) {
        const transceiver = this.pc.addTransceiver(this.tracks[kind] || kind, {
            direction: "sendonly",
            streams: [stream],
            sendEncodings: kind === "video" ? [{ maxBitrate: this.maxBitrate }] : undefined,
        });
        return transceiver.sender;
    }

    async _setOffer(pc) {
        const offer = await pc.createOffer();
        try {
            await pc.setLocalDescription({ type: "offer", sdp: withAudioNack(offer.sdp) });
        } catch {
            // A browser that takes only its own words.
            await pc.setLocalDescription(offer);
        }
    }

    _gathered(pc) {
        if (pc.iceGatheringState === "complete") {
            return Promise.resolve();
        }
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, GATHERING_PATIENCE);
            pc.addEventListener("icegatheringstatechange", () => {
                if (pc.iceGatheringState === "complete") {
                    clearTimeout(timer);
                    resolve();
                }
            });
        });
    }

    async _answer(sdp) {
        clearTimeout(this.answerTimer);
        try {
            await this.pc.setRemoteDescription({ type: "answer", sdp });
            await this._limitVideo();
        } catch (error) {
            this._fail("failed", error.message);
        }
    }

    async _limitVideo() {
        // Once more: Firefox ignores `sendEncodings` of `addTransceiver` in older versions.
        const sender = this.senders.video;
        const parameters = sender.getParameters();
        if (parameters.encodings?.[0] && parameters.encodings[0].maxBitrate !== this.maxBitrate) {
            parameters.encodings[0].maxBitrate = this.maxBitrate;
            await sender.setParameters(parameters).catch(() => {});
        }
    }

    _onConnectionChange() {
        clearTimeout(this.disconnectedTimer);
        const state = this.pc.connectionState;
        if (state === "connected") {
            this.backoff.reset();
            this.emit("open");
        } else if (state === "failed") {
            this._fail("failed");
        } else if (state === "disconnected") {
            const id = this.id;
            this.disconnectedTimer = setTimeout(
                () => id === this.id && this._fail("disconnected"),
                DISCONNECTED_PATIENCE
            );
        }
    }

    _closedByRecorder({ reason, message }) {
        this._closeConnection();
        if (!INTENDED.has(reason)) {
            this.emit("problem", { reason, message });
            this._openLater();
        }
    }

    _fail(reason, message = null) {
        this.signaling.send("record-close", { leg: this.id });
        this._closeConnection();
        this.emit("problem", { reason, message });
        this._openLater();
    }

    _openLater() {
        clearTimeout(this.retryTimer);
        if (!this.stopped) {
            this.retryTimer = setTimeout(() => this._open(), this.backoff.next());
        }
    }

    /** After the signalling connection is back: a leg that still sends goes on, any other is opened anew. */
    reopen() {
        if (!["connected", "connecting"].includes(this.pc?.connectionState)) {
            clearTimeout(this.retryTimer);
            this._open();
        }
    }

    _closeConnection() {
        clearTimeout(this.answerTimer);
        clearTimeout(this.disconnectedTimer);
        if (this.pc) {
            this.pc.onconnectionstatechange = null;
            this.pc.close();
        }
        this.pc = this.senders = this.id = null;
    }

    close() {
        if (this.stopped) {
            return;
        }
        this.stopped = true;
        clearTimeout(this.retryTimer);
        if (this.id) {
            this.signaling.send("record-close", { leg: this.id });
        }
        this._closeConnection();
        this._unsubscribe.forEach((unsubscribe) => unsubscribe());
    }
}
