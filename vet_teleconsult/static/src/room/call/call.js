import { parseDate } from "../../core/times";
import { ConnectionQuality } from "../rtc/connection_quality";
import { Peer } from "../rtc/peer";
import { Signaling, socketUrl } from "../rtc/signaling";
import { connectionState, NO_RECORDING } from "./call_state";
import { RecordingControl } from "./recording_control";

/** A ticket lives five minutes; leave one for the way. */
const TICKET_AGE = 4 * 60 * 1000;
const DEFAULT_BITRATE = 1_500_000;
/** How long a participant whom the server no longer knows may take to come back. */
const ABSENCE_PATIENCE = 35000;

/**
 * Peer connections of this page by participant id: a read-only handle for debugging and tests,
 * `window.vetTeleconsult.peers`.
 *
 * @type {Map<string, RTCPeerConnection>}
 */
const peerConnections = new Map();
globalThis.vetTeleconsult = Object.assign(globalThis.vetTeleconsult || {}, { peers: peerConnections });

/**
 * One participant's call: who else is in the room, the connection to each of them, and what is sent to them. Knows no
 * component; everything a person sees of it is in `state`.
 */
export class Call {
    /**
     * @param {object} options
     * @param {object} options.state see `makeCallState`
     * @param {import("../../core/api").RoomApi} options.api
     * @param {object} options.bootstrap Odoo's answer to `join`
     * @param {{value: string, at: number}|null} options.ticket that of the answer, and when it was received (ms)
     * @param {import("../rtc/devices").Devices} options.devices
     * @param {import("../rtc/screen_share").ScreenShare} options.screenShare
     * @param {{get: Function, set: Function}} options.memory for this consultation, over reloads of this tab
     */
    constructor({ state, api, bootstrap, ticket, devices, screenShare, memory }) {
        Object.assign(this, { state, api, devices, screenShare });
        /** @type {Map<string, {peer: Peer, quality: ConnectionQuality}>} */
        this.links = new Map();
        this.iceServers = bootstrap.ice_servers || [];
        this.ticket = ticket;
        this.signaling = new Signaling({ url: socketUrl(bootstrap.sidecar.url), getTicket: () => this._getTicket() });
        this.recording = new RecordingControl({
            state,
            api,
            memory,
            signaling: this.signaling,
            getIceServers: () => this.iceServers,
            getTracks: () => this.tracks,
            maxBitrate: bootstrap.recording?.max_bitrate || DEFAULT_BITRATE,
            consentVersion: bootstrap.recording?.consent_version,
        });
        this._listen();
    }

    _listen() {
        const { signaling } = this;
        const listeners = {
            status: (status) => (this.state.signaling = status),
            welcome: (frame) => this._onWelcome(frame),
            "participant-joined": ({ participant }) => this._addParticipant(participant),
            "participant-left": (frame) => this._onParticipantLeft(frame),
            participant: ({ id, state }) => this._updateOther(id, { state }),
            signal: (frame) => this._onSignal(frame),
            call: ({ call }) => this._onCall(call),
            recording: ({ recording }) => this.recording.update(recording),
            error: (frame) => this._onError(frame),
            ended: ({ reason }) => this._onEnded(reason),
            refused: ({ code, error }) => this._onEnded(code, error),
            "ticket-refused": () => (this.ticket = null),
        };
        this._unsubscribe = Object.entries(listeners).map(([type, listener]) => signaling.on(type, listener));
        this._unsubscribe.push(
            this.devices.on("tracks", () => this._onTracks()),
            this.screenShare.on("tracks", () => this._onTracks())
        );
        this.networkType = navigator.connection?.type;
        this._onNetworkChange = () => {
            const type = navigator.connection?.type;
            if (type !== this.networkType) {
                this.networkType = type;
                this._restartPeers();
            }
        };
        this._onOnline = () => this._restartPeers();
        navigator.connection?.addEventListener?.("change", this._onNetworkChange);
        window.addEventListener("online", this._onOnline);
    }

    start() {
        this.signaling.start();
    }

    /** @param {{leave?: boolean}} [options] `leave`: hang up, rather than go away for a moment (a reload) */
    stop({ leave = false } = {}) {
        this.recording.close();
        this.signaling.stop({ leave });
        this._unsubscribe.forEach((unsubscribe) => unsubscribe());
        navigator.connection?.removeEventListener?.("change", this._onNetworkChange);
        window.removeEventListener("online", this._onOnline);
        this._closeLinks();
    }

    async _getTicket() {
        const { ticket } = this;
        // A ticket is for one entry.
        this.ticket = null;
        if (ticket && Date.now() - ticket.at < TICKET_AGE) {
            return ticket.value;
        }
        const answer = await this.api.ticket();
        this._setIceServers(answer.ice_servers);
        if (answer.sidecar?.url) {
            this.signaling.url = socketUrl(answer.sidecar.url);
        }
        return answer.ticket;
    }

    _setIceServers(iceServers) {
        if (iceServers) {
            this.iceServers = iceServers;
            this.links.forEach(({ peer }) => peer.setIceServers(iceServers));
        }
    }

    // ------------------------------------------------------------ the room

    _onWelcome(frame) {
        if (this.state.self && this.state.self.session !== frame.self.session) {
            // A new session of ours: the others make new connections, so do we.
            this._closeLinks();
        }
        this.state.self = frame.self;
        this._setClock(frame.server_time);
        const present = frame.participants.filter(({ id }) => id !== frame.self.id);
        const ids = new Set(present.map(({ id }) => id));
        for (const id of [...this.links.keys()]) {
            if (!ids.has(id)) {
                this._setAbsent(id);
            }
        }
        present.forEach((participant) => this._addParticipant(participant));
        this._onCall(frame.call);
        this.recording.update(frame.recording || NO_RECORDING);
        this.recording.resume();
        this._tellState();
    }

    _setClock(serverTime) {
        const time = typeof serverTime === "number" ? serverTime * 1000 : parseDate(serverTime)?.getTime();
        if (time) {
            this.state.clockOffset = time - Date.now();
        }
    }

    _onCall(call) {
        // While the sidecar restarts, the call it comes back with is the one we are in.
        this.state.call = call;
        this.recording.onCall();
    }

    _onError({ code }) {
        if (code?.startsWith("consent_")) {
            this.recording.onConsentRefused(code);
        } else {
            this.state.refusal = code;
        }
    }

    _onEnded(reason, error = null) {
        this.state.ended = reason;
        this.state.endedError = error;
        this.recording.close();
        this._closeLinks();
    }

    // -------------------------------------------------------- participants

    _addParticipant(participant) {
        const link = this.links.get(participant.id);
        if (link && link.peer.session === participant.session) {
            clearTimeout(link.absenceTimer);
            this._updateOther(participant.id, { name: participant.name, absent: false });
            if (participant.state) {
                this._updateOther(participant.id, { state: participant.state });
            }
            if (link.peer.connection !== "connected") {
                // Part of the negotiation may have been lost with the signalling connection.
                link.peer.restart();
            }
            return;
        }
        this._closeLink(participant.id);
        const peer = new Peer({
            id: participant.id,
            session: participant.session,
            polite: participant.polite,
            iceServers: this.iceServers,
        });
        this._connect(peer, participant);
    }

    _connect(peer, participant) {
        const quality = new ConnectionQuality(peer.pc);
        this.links.set(peer.id, { peer, quality });
        peerConnections.set(peer.id, peer.pc);
        this.state.others = [
            ...this.state.others.filter(({ id }) => id !== peer.id),
            {
                id: peer.id,
                session: peer.session,
                role: participant.role,
                name: participant.name,
                state: participant.state || {},
                connection: peer.connection,
                quality: "good",
                streams: { ...peer.remoteStreams },
                absent: false,
            },
        ];
        peer.on("signal", (signal) =>
            this.signaling.send("signal", { to: peer.id, to_session: peer.session, ...signal })
        );
        peer.on("streams", (streams) => this._updateOther(peer.id, { streams: { ...streams } }));
        peer.on("state", (state) => this._updateOther(peer.id, { state }));
        peer.on("connection", (connection) => this._onPeerConnection(peer, connection));
        peer.on("restart", (attempt) => attempt > 1 && this._refreshIceServers());
        peer.on("failed", () => this._onPeerFailed());
        quality.on("quality", (word) => {
            this._updateOther(peer.id, { quality: word });
            peer.adapt(word === "poor");
            this._tellState();
        });
        quality.on("stalled", () => this._onCameraStalled());
        peer.setState(this.ownState);
        peer.setTracks(this.tracks);
        this._shareLine();
    }

    /** What this line can send is for all of them together. */
    _shareLine() {
        this.links.forEach(({ peer }) => peer.share(this.links.size));
    }

    _onPeerConnection(peer, connection) {
        if (this.links.get(peer.id)?.peer !== peer) {
            return;
        }
        this._updateOther(peer.id, { connection });
        if (connection === "reconnecting") {
            this.signaling.check();
        }
        const other = this.state.others.find(({ id }) => id === peer.id);
        if (other?.absent && connection !== "connected") {
            this._closeLink(peer.id);
        }
        this._tellState();
    }

    _onPeerFailed() {
        // Behind restarts that do not help, one of the two connections is beyond repair: make new ones.
        if (this.signaling.open) {
            this.ticket = null;
            this.signaling.renewSession();
        }
    }

    async _refreshIceServers() {
        if (this.refreshing) {
            return;
        }
        this.refreshing = true;
        try {
            this._setIceServers((await this.api.ticket()).ice_servers);
        } catch {
            // The old credentials may still do.
        } finally {
            this.refreshing = false;
        }
    }

    _onParticipantLeft({ id, session, reason }) {
        const link = this.links.get(id);
        if (!link || link.peer.session !== session) {
            return;
        }
        if (reason === "lost" && link.peer.connection === "connected") {
            // They lost the server, not us.
            this._setAbsent(id);
        } else {
            this._closeLink(id);
        }
    }

    /** The server no longer knows this participant, but the connection between us may be well. */
    _setAbsent(id) {
        const link = this.links.get(id);
        this._updateOther(id, { absent: true });
        clearTimeout(link.absenceTimer);
        link.absenceTimer = setTimeout(() => {
            if (this.links.get(id) === link && link.peer.connection !== "connected") {
                this._closeLink(id);
            }
        }, ABSENCE_PATIENCE);
    }

    _onSignal({ from, from_session: session, description, candidate }) {
        const link = this.links.get(from);
        if (link?.peer.session === session) {
            link.peer.receive({ description, candidate });
        }
    }

    /** Send this participant nothing any more, whatever the room's server still believes. */
    removeParticipant(id) {
        this._closeLink(id);
    }

    _updateOther(id, values) {
        const other = this.state.others.find((entry) => entry.id === id);
        if (other) {
            Object.assign(other, values);
        }
    }

    _restartPeers() {
        this.links.forEach(({ peer }) => peer.restart());
    }

    _closeLink(id) {
        const link = this.links.get(id);
        if (!link) {
            return;
        }
        this.links.delete(id);
        peerConnections.delete(id);
        clearTimeout(link.absenceTimer);
        link.quality.stop();
        link.peer.close();
        this.state.others = this.state.others.filter((other) => other.id !== id);
        this._shareLine();
    }

    _closeLinks() {
        [...this.links.keys()].forEach((id) => this._closeLink(id));
    }

    // ------------------------------------------------------- what we send

    get tracks() {
        return {
            microphone: this.devices.tracks.microphone,
            camera: this.devices.tracks.camera,
            screen: this.screenShare.track,
            screenAudio: this.screenShare.audioTrack,
        };
    }

    get ownState() {
        const { tracks, devices } = this;
        const word = connectionState(this.state);
        return {
            microphone: Boolean(tracks.microphone && devices.wanted.microphone),
            camera: Boolean(tracks.camera),
            screen: Boolean(tracks.screen),
            connection: word === "waiting" || word === "ended" ? "new" : word,
        };
    }

    _onTracks() {
        const { tracks } = this;
        this.links.forEach(({ peer }) => peer.setTracks(tracks));
        this.recording.syncLegs();
        this._tellState();
    }

    /** Tell everyone what we send: through the room, and directly, which works while the room's server is away. */
    _tellState() {
        const state = this.ownState;
        this.links.forEach(({ peer }) => peer.setState(state));
        this.signaling.send("state", state);
    }

    _onCameraStalled() {
        if (this.devices.tracks.camera && document.visibilityState === "visible") {
            this.devices.renew(["camera"]);
        }
    }
}
