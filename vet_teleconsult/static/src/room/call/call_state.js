/** Recording as nobody has asked for one. Shape of the sidecar's `recording` frame. */
export const NO_RECORDING = {
    state: "off",
    id: null,
    started_at: null,
    reason: null,
    message: null,
    missing: [],
    refused: [],
};

/**
 * What a call shows to the components: plain data, made reactive by whoever renders it.
 *
 * @returns {object}
 */
export function makeCallState() {
    return {
        /** Connection to the signalling server: "closed" | "connecting" | "open" | "waiting". */
        signaling: "closed",
        /** {id, session} once the room has let us in. */
        self: null,
        /** The other participants: {id, session, role, name, state, connection, quality, streams, absent}. */
        others: [],
        /** {id, started_at} while two participants are present. */
        call: null,
        recording: { ...NO_RECORDING },
        /** A failed step of the recording that a person should know of: {reason, message} or null. */
        recordingProblem: null,
        /** Code of the room's `error` frame: why it did not do what was asked. */
        refusal: null,
        /** Whether this participant still has to answer the question about the recording. */
        consentAsked: false,
        consentBusy: false,
        /** Why an answer does not count: {code, sentence, nextStep} or null. */
        consentError: null,
        /** Id of the call in which this participant has taken back their consent here, or null. */
        withdrawn: null,
        local: {
            microphone: false,
            camera: false,
            screen: false,
            cameraStream: null,
            mirrored: true,
            canFlip: false,
            canShare: false,
            problems: { microphone: null, camera: null },
            lists: { microphones: [], cameras: [], speakers: [] },
            selected: { microphone: null, camera: null, speaker: null },
        },
        /** Why the room is closed to us: "cancelled" | "finished" | "revoked" | "replaced", or a code of `refused`. */
        ended: null,
        endedError: null,
        /** Milliseconds to add to this clock to get the server's. */
        clockOffset: 0,
    };
}

/**
 * Whether this participant is being recorded, whichever of their devices has agreed to it.
 *
 * @param {object} state of `makeCallState`
 * @returns {boolean}
 */
export function isRecorded({ recording, self, call, withdrawn }) {
    const running = recording.state === "recording" || recording.state === "paused";
    return running && Boolean(self) && withdrawn !== call?.id && hasAgreed(recording, self.id);
}

/**
 * @param {object} recording of the sidecar
 * @param {string} participantId
 * @returns {boolean} whether the sidecar counts on this participant's consent
 */
export function hasAgreed({ missing, refused }, participantId) {
    return !missing.includes(participantId) && !refused.includes(participantId);
}

/**
 * The one word for how things stand, from the call's facts.
 *
 * @param {object} state of `makeCallState`
 * @returns {"waiting"|"connecting"|"connected"|"poor"|"reconnecting"|"ended"}
 */
export function connectionState(state) {
    if (state.ended) {
        return "ended";
    }
    if (!state.others.length) {
        return state.signaling === "open" ? "waiting" : state.self ? "reconnecting" : "connecting";
    }
    const connections = state.others.map((other) => other.connection);
    if (connections.includes("connected")) {
        const poor = state.others.some((other) => other.connection === "connected" && other.quality === "poor");
        return poor ? "poor" : "connected";
    }
    return connections.includes("reconnecting") ? "reconnecting" : "connecting";
}
