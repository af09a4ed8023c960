/**
 * `window.vetTeleconsult.player`: a read-only look into the player on the page, for tests and for whoever wants to know
 * how well a recording plays. The player itself does not use it.
 *
 * - `status`: `paused`, `buffering`, `playing`, `ended`; `position`, `duration` (s); `rate`.
 * - `tiles()`: for each file that plays now its participant, source, and where it stands on the timeline at one
 *   instant, in s: `media` by its media clock, `presented` by the frame on the screen (null where the browser does not
 *   tell), and `playbackRate`.
 * - `skew()`: the largest distance between any two of them at that instant in ms, by the presented frames where both
 *   are known, else by the media clocks; null with fewer than two files.
 *
 * @param {import("./playback/playback").Playback} playback
 * @returns {() => void} takes the handle away again
 */
export function publishHandle(playback) {
    const tiles = () => {
        const now = performance.now();
        return playback.activeItems
            .filter((item) => !item.atEnd)
            .map((item) => ({
                participant: item.segment.participant,
                source: item.segment.source,
                media: item.position,
                presented: item.presentedPositionAt(now),
                playbackRate: item.element.playbackRate,
            }));
    };
    const spread = (positions) => (Math.max(...positions) - Math.min(...positions)) * 1000;
    const skew = () => {
        const now = tiles();
        if (now.length < 2) {
            return null;
        }
        const presented = now.map((tile) => tile.presented).filter((position) => position !== null);
        return presented.length >= 2 ? spread(presented) : spread(now.map((tile) => tile.media));
    };
    const handle = Object.freeze({
        get status() {
            return playback.status;
        },
        get position() {
            return playback.position;
        },
        get duration() {
            return playback.duration;
        },
        get rate() {
            return playback.rate;
        },
        tiles,
        skew,
    });
    window.vetTeleconsult ??= {};
    window.vetTeleconsult.player = handle;
    return () => {
        if (window.vetTeleconsult?.player === handle) {
            delete window.vetTeleconsult.player;
        }
    };
}
