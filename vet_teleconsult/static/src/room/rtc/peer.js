import { Emitter } from "../../core/emitter";

/** Media sections of a peer connection, in this order on both sides: the place tells camera from screen. */
export const SECTIONS = [
    { name: "microphone", kind: "audio", stream: "camera" },
    { name: "camera", kind: "video", stream: "camera" },
    { name: "screen", kind: "video", stream: "screen" },
    { name: "screenAudio", kind: "audio", stream: "screen" },
];

/** How long ICE may stay `disconnected` before we act: shorter lapses heal by themselves. */
const DISCONNECTED_PATIENCE = 2500;
/** The polite side waits a little longer, so that seldom both restart at once. */
const POLITE_PATIENCE = 1500;
const RESTART_INTERVAL = 6000;
/** After so many restarts without a connection a new session is worth trying. */
const RESTARTS_BEFORE_FAILURE = 4;

const CAMERA_BITRATE = 1_800_000;
const SCREEN_BITRATE = 2_500_000;
const POOR_CAMERA_BITRATE = 250_000;

/**
 * The peer-to-peer connection to one session of one other participant.
 *
 * Perfect negotiation (W3C WebRTC, section 10.7) in which only the first offer has a fixed author: the impolite
 * side, which creates all media sections. So both sides hold the same sections in the same order, and every later
 * change of microphone, camera or screen is a `replaceTrack` that needs no negotiation and no server.
 *
 * Emits `signal` {description?|candidate?} to send to the other side, `connection` (the state below), `state` (what
 * the other side says over the data channel, which works while the signalling server is away), `streams` once the
 * remote tracks exist, `failed` when restarts do not help, `restart` before each ICE restart.
 */
export class Peer extends Emitter {
    /**
     * @param {object} options
     * @param {string} options.id participant
     * @param {string} options.session the other's page load
     * @param {boolean} options.polite whether we give way when offers collide
     * @param {RTCIceServer[]} options.iceServers
     * @param {typeof RTCPeerConnection} [options.RTCPeerConnection]
     */
    constructor({ id, session, polite, iceServers, RTCPeerConnection = globalThis.RTCPeerConnection }) {
        super();
        this.id = id;
        this.session = session;
        this.polite = polite;
        this.makingOffer = false;
        this.ignoreOffer = false;
        this.restarts = 0;
        /** How many people get this camera's picture, each by a connection of their own. */
        this.receivers = 1;
        this.closed = false;
        /** "connecting" | "connected" | "reconnecting" | "closed" */
        this.connection = "connecting";
        this.localStreams = { camera: new MediaStream(), screen: new MediaStream() };
        this.remoteStreams = { microphone: null, camera: null, screen: null, screenAudio: null };
        this.tracks = {};
        this.pendingCandidates = [];
        this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
        this._listen();
        this._openStateChannel();
        if (!polite) {
            this._createSections();
        }
        this._watch(RESTART_INTERVAL);
    }

    // ------------------------------------------------------------------ tracks

    /**
     * Send these tracks from now on; a missing or null one sends nothing in that section.
     *
     * @param {{microphone?: MediaStreamTrack, camera?: MediaStreamTrack, screen?: MediaStreamTrack,
     *   screenAudio?: MediaStreamTrack}} tracks
     */
    async setTracks(tracks) {
        this.tracks = { ...tracks };
        await Promise.all(SECTIONS.map((section, index) => this._sendTrack(section, index)));
    }

    async _sendTrack(section, index) {
        const sender = this.sections()[index]?.sender;
        const track = this.tracks[section.name] || null;
        if (!sender || sender.track === track) {
            return;
        }
        if (track?.kind === "video") {
            track.contentHint = section.name === "screen" ? "detail" : "motion";
        }
        try {
            await sender.replaceTrack(track);
        } catch (error) {
            if (!this.closed) {
                this.emit("error", error);
            }
        }
        if (track) {
            await this._limit(section, sender);
        }
    }

    /** @returns {RTCRtpTransceiver[]} the media sections, in the order of `SECTIONS` */
    sections() {
        return this.pc.getTransceivers();
    }

    /**
     * Audio first: while the connection is poor the camera sends less.
     *
     * @param {boolean} poor
     */
    async adapt(poor) {
        if (poor === this.poor) {
            return;
        }
        this.poor = poor;
        await this._limitAll();
    }

    /**
     * Everybody gets the picture from everybody: what one line can carry is divided among those who receive it.
     *
     * @param {number} receivers how many get this camera's picture
     */
    async share(receivers) {
        if (receivers === this.receivers) {
            return;
        }
        this.receivers = receivers;
        await this._limitAll();
    }

    async _limitAll() {
        const sections = this.sections();
        await Promise.all(SECTIONS.map((section, index) => this._limit(section, sections[index]?.sender)));
    }

    async _limit(section, sender) {
        if (!sender?.track || this.closed) {
            return;
        }
        const parameters = sender.getParameters();
        const encoding = parameters.encodings?.[0];
        if (!encoding) {
            // Firefox before the first negotiation, older Safari.
            return;
        }
        if (section.kind === "audio") {
            encoding.priority = "high";
            encoding.networkPriority = "high";
        } else if (section.name === "screen") {
            encoding.maxBitrate = SCREEN_BITRATE;
        } else {
            encoding.maxBitrate = this.poor ? POOR_CAMERA_BITRATE : Math.round(CAMERA_BITRATE / this.receivers);
            encoding.scaleResolutionDownBy = this.poor ? 2 : 1;
        }
        try {
            await sender.setParameters(parameters);
        } catch {
            // A browser without one of these settings sends as it thinks best.
        }
    }

    // ------------------------------------------------------------- negotiation

    _createSections() {
        for (const { kind, stream } of SECTIONS) {
            this.pc.addTransceiver(kind, { direction: "sendrecv", streams: [this.localStreams[stream]] });
        }
        this._showRemoteTracks();
    }

    /** On the polite side: answer every section of the first offer with the same direction. */
    _adoptSections() {
        this.sections().forEach((transceiver, index) => {
            const section = SECTIONS[index];
            if (section && transceiver.direction !== "sendrecv") {
                transceiver.direction = "sendrecv";
                // One stream identifier for camera and microphone keeps lips and voice in step.
                transceiver.sender.setStreams?.(this.localStreams[section.stream]);
            }
        });
        this._showRemoteTracks();
    }

    _showRemoteTracks() {
        if (this.remoteStreams.camera) {
            return;
        }
        SECTIONS.forEach(({ name }, index) => {
            const track = this.sections()[index]?.receiver.track;
            this.remoteStreams[name] = track ? new MediaStream([track]) : null;
        });
        this.emit("streams", this.remoteStreams);
    }

    _listen() {
        this.pc.onnegotiationneeded = () => this._offer();
        this.pc.onicecandidate = ({ candidate }) => {
            if (candidate) {
                this.emit("signal", { candidate: candidate.toJSON() });
            }
        };
        this.pc.oniceconnectionstatechange = () => this._onConnectionChange();
        this.pc.onconnectionstatechange = () => this._onConnectionChange();
    }

    async _offer() {
        if (this.closed || (this.polite && !this.pc.remoteDescription)) {
            // The first offer is the impolite side's.
            return;
        }
        try {
            this.makingOffer = true;
            await this.pc.setLocalDescription();
            this._signalDescription();
        } catch (error) {
            if (!this.closed) {
                this.emit("error", error);
            }
        } finally {
            this.makingOffer = false;
        }
    }

    _signalDescription() {
        const { type, sdp } = this.pc.localDescription;
        this.emit("signal", { description: { type, sdp } });
    }

    /**
     * @param {{description?: RTCSessionDescriptionInit, candidate?: RTCIceCandidateInit}} signal
     */
    async receive({ description, candidate }) {
        // One after the other: a candidate must not overtake its description.
        this.receiving = (this.receiving || Promise.resolve()).then(() =>
            (description ? this._receiveDescription(description) : this._receiveCandidate(candidate)).catch((error) => {
                if (!this.closed && !this.ignoreOffer) {
                    this.emit("error", error);
                }
            })
        );
        return this.receiving;
    }

    async _receiveDescription(description) {
        if (this.closed) {
            return;
        }
        const collision = description.type === "offer" && (this.makingOffer || this.pc.signalingState !== "stable");
        this.ignoreOffer = !this.polite && collision;
        if (this.ignoreOffer && this.pc.signalingState === "have-local-offer") {
            // Ours may have been lost on the way; if it was not, the other side answers it twice.
            this._signalDescription();
        }
        if (this.ignoreOffer || (description.type === "answer" && this.pc.signalingState !== "have-local-offer")) {
            return;
        }
        await this.pc.setRemoteDescription(description);
        if (description.type === "offer") {
            if (this.polite) {
                this._adoptSections();
                await this.setTracks(this.tracks);
            }
            await this.pc.setLocalDescription();
            this._signalDescription();
        }
        for (const pending of this.pendingCandidates.splice(0)) {
            await this.pc.addIceCandidate(pending).catch(() => {});
        }
        await this.setTracks(this.tracks);
        await this._limitAll();
    }

    async _receiveCandidate(candidate) {
        if (this.closed || !candidate) {
            return;
        }
        if (!this.pc.remoteDescription) {
            this.pendingCandidates.push(candidate);
        } else {
            await this.pc.addIceCandidate(candidate);
        }
    }

    // ------------------------------------------------------------ connection

    _onConnectionChange() {
        if (this.closed) {
            return;
        }
        const ice = this.pc.iceConnectionState;
        const state = this.pc.connectionState || ice;
        if (state === "connected" || (ice === "completed" && state !== "failed")) {
            this.restarts = 0;
            this.wasConnected = true;
            clearTimeout(this.watchTimer);
            this._setConnection("connected");
        } else if (state === "failed" || ice === "failed") {
            this._setConnection(this.wasConnected ? "reconnecting" : "connecting");
            this._watch(this.polite ? POLITE_PATIENCE : 0);
        } else if (state === "disconnected" || ice === "disconnected") {
            this._setConnection("reconnecting");
            this._watch(DISCONNECTED_PATIENCE + (this.polite ? POLITE_PATIENCE : 0));
        }
    }

    _setConnection(connection) {
        if (connection !== this.connection) {
            this.connection = connection;
            this.emit("connection", connection);
        }
    }

    /** Look again after a while, and do something if there is no connection by then. */
    _watch(delay) {
        clearTimeout(this.watchTimer);
        this.watchTimer = setTimeout(() => {
            if (!this.closed && this.connection !== "connected") {
                this.restart();
            }
        }, delay);
    }

    /**
     * Look for a new network path, keeping the connection's keys and media: after a change of network, a failure,
     * or when a message of the negotiation may have been lost.
     */
    restart() {
        if (this.closed) {
            return;
        }
        this._watch(RESTART_INTERVAL);
        this.restarts = this.connection === "connected" ? 1 : this.restarts + 1;
        this.emit("restart", this.restarts);
        if (this.restarts > RESTARTS_BEFORE_FAILURE) {
            this.restarts = 0;
            this.emit("failed");
        } else if (this.pc.signalingState === "have-local-offer") {
            this._signalDescription();
        } else if (this.pc.remoteDescription) {
            this.pc.restartIce?.();
        } else if (!this.polite) {
            this._offer();
        }
    }

    /** @param {RTCIceServer[]} iceServers with credentials that are still valid */
    setIceServers(iceServers) {
        try {
            this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
        } catch {
            // Some browsers allow no change of the configuration; the old servers stay.
        }
    }

    // --------------------------------------------------------- state channel

    _openStateChannel() {
        // An agreed identifier needs no message to open it, and its section comes after those of the media.
        this.channel = this.pc.createDataChannel("state", { negotiated: true, id: 0 });
        this.channel.onopen = () => this._sendState();
        this.channel.onmessage = ({ data }) => {
            try {
                this.emit("state", JSON.parse(data));
            } catch {
                // Not ours.
            }
        };
    }

    /** @param {object} state what the other side shows about us */
    setState(state) {
        this.state = state;
        this._sendState();
    }

    _sendState() {
        if (this.state && this.channel.readyState === "open") {
            this.channel.send(JSON.stringify(this.state));
        }
    }

    close() {
        if (this.closed) {
            return;
        }
        this.closed = true;
        clearTimeout(this.watchTimer);
        this.channel.close();
        this.pc.close();
        this._setConnection("closed");
    }
}
