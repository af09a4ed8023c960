/**
 * Where every file of a recording lies on the recording's own time, in seconds from its start.
 *
 * A track is what one participant sent from one source (camera or screen); its segments are the files of that track,
 * one between two (re)connections.
 *
 * @typedef {Object} Segment
 * @property {string} id stable over fresh addresses: track and start
 * @property {string} trackId
 * @property {string} participant
 * @property {"camera"|"screen"} source
 * @property {string} url
 * @property {string} downloadUrl
 * @property {"video"|"audio"} kind
 * @property {number} start s
 * @property {number} end s
 *
 * @typedef {Object} Track
 * @property {string} id
 * @property {string} participant
 * @property {string} role
 * @property {string} name
 * @property {"camera"|"screen"} source
 * @property {Segment[]} segments in order of time
 */

/** Shorter holes between segments are reconnections, not pauses. */
const SHORTEST_PAUSE = 1;

const ROLE_ORDER = ["vet", "owner", "guest"];

function rank(role) {
    const index = ROLE_ORDER.indexOf(role);
    return index === -1 ? ROLE_ORDER.length : index;
}

function makeSegment(file, recordingDuration) {
    const start = Math.max(0, Number(file.offset) || 0);
    const duration = Number(file.duration) || Math.max(0, recordingDuration - start);
    const source = file.source === "screen" ? "screen" : "camera";
    const trackId = `${file.participant}/${source}`;
    return {
        id: `${trackId}/${start.toFixed(3)}`,
        trackId,
        participant: file.participant,
        role: file.role,
        source,
        url: file.url,
        downloadUrl: file.download_url || file.url,
        mime: file.mime || "",
        size: file.size || 0,
        kind: (file.mime || "").startsWith("audio/") ? "audio" : "video",
        start,
        end: start + duration,
    };
}

/**
 * @param {Object} player the answer of `/vet_teleconsult/room/recording`
 * @returns {{duration: number, tracks: Track[], segments: Segment[], pauses: {start: number, end: number}[]}}
 */
export function buildTimeline(player) {
    const recordingDuration = Number(player.duration) || 0;
    const segments = (player.files || []).map((file) => makeSegment(file, recordingDuration));
    segments.sort((a, b) => a.start - b.start || a.id.localeCompare(b.id));
    const people = new Map((player.participants || []).map((person) => [person.id, person]));
    const tracks = new Map();
    for (const segment of segments) {
        if (!tracks.has(segment.trackId)) {
            const person = people.get(segment.participant);
            tracks.set(segment.trackId, {
                id: segment.trackId,
                participant: segment.participant,
                role: person?.role || segment.role,
                name: person?.name || segment.participant,
                source: segment.source,
                segments: [],
            });
        }
        tracks.get(segment.trackId).segments.push(segment);
    }
    const duration = segments.reduce((latest, segment) => Math.max(latest, segment.end), recordingDuration);
    return {
        duration,
        segments,
        tracks: [...tracks.values()].sort(
            (a, b) => rank(a.role) - rank(b.role) || a.participant.localeCompare(b.participant)
        ),
        pauses: findPauses(segments, duration),
    };
}

/** The stretches in which nobody was recorded. */
function findPauses(segments, duration) {
    const pauses = [];
    let covered = 0;
    for (const { start, end } of segments) {
        if (start - covered >= SHORTEST_PAUSE) {
            pauses.push({ start: covered, end: start });
        }
        covered = Math.max(covered, end);
    }
    if (duration - covered >= SHORTEST_PAUSE) {
        pauses.push({ start: covered, end: duration });
    }
    return pauses;
}

/**
 * The segment of a track that plays at a position, and the one to have ready after it.
 * Of two segments that overlap (a reload), the later one is the live one.
 *
 * @param {Track} track
 * @param {number} position s
 * @returns {{active: Segment|null, next: Segment|null, previous: Segment|null}}
 */
export function segmentsAround(track, position) {
    let active = null;
    let previous = null;
    let next = null;
    for (const segment of track.segments) {
        if (segment.start > position) {
            next = segment;
            break;
        }
        if (position < segment.end) {
            active = segment;
        } else {
            previous = segment;
        }
    }
    return { active, next, previous };
}

/**
 * @param {{pauses: {start: number, end: number}[]}} timeline
 * @param {number} position s
 * @returns {{start: number, end: number}|null}
 */
export function pauseAt(timeline, position) {
    return timeline.pauses.find(({ start, end }) => position >= start && position < end) || null;
}

/**
 * @param {number} seconds
 * @returns {string} `m:ss`, with hours `h:mm:ss`
 */
export function formatPosition(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    const rest = String(whole % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
