/**
 * One track of several: `MediaRecorder` records a single one of each kind.
 *
 * @param {MediaStreamTrack[]} tracks of sound
 * @returns {{track: MediaStreamTrack|null, close: () => void}} `close` ends the mixing, not the tracks
 */
export function mixSound(tracks) {
    const AudioContext = globalThis.AudioContext || globalThis.webkitAudioContext;
    if (tracks.length < 2 || !AudioContext) {
        return { track: tracks[0] || null, close: () => {} };
    }
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    for (const track of tracks) {
        context.createMediaStreamSource(new MediaStream([track])).connect(destination);
    }
    context.resume().catch(() => {});
    return { track: destination.stream.getAudioTracks()[0], close: () => context.close().catch(() => {}) };
}
