// Measures, in any page, the time from the last click to the first frame of somebody else that is painted.
(() => {
    const remote = new Set();
    const watched = new WeakSet();
    window.firstFrame = { click: null, painted: null };
    document.addEventListener("click", () => (window.firstFrame.click = performance.now()), { capture: true });
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...args) {
            super(...args);
            this.addEventListener("track", ({ track }) => remote.add(track.id));
        }
    };
    const watch = () => {
        for (const video of document.querySelectorAll("video")) {
            const shown = video.srcObject?.getVideoTracks?.()[0];
            if (shown && remote.has(shown.id) && !watched.has(video)) {
                watched.add(video);
                video.requestVideoFrameCallback((now, { presentationTime }) => {
                    window.firstFrame.painted ??= presentationTime;
                });
            }
        }
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
})();
