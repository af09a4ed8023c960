// What a test sees and hears in a page, added to every page before its own scripts. Nothing here changes the page.
window.observer = {
    element(test) {
        const found = document.querySelector(`[data-test="${test}"]`);
        return found?.matches("video, audio") ? found : (found?.querySelector("video, audio") ?? null);
    },

    /** Frames that a video element has painted so far. */
    frames(test) {
        return this.element(test)?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    },

    /** The colour [R, G, B] at a place (0 to 1 of width and height) of a video element's present frame. */
    colour(test, x = 0.5, y = 0.6) {
        const video = this.element(test);
        if (!video?.videoWidth) {
            return null;
        }
        const canvas = new OffscreenCanvas(1, 1);
        const context = canvas.getContext("2d");
        context.drawImage(video, x * video.videoWidth, y * video.videoHeight, 1, 1, 0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    },

    peers() {
        return [...(window.vetTeleconsult?.peers?.values() ?? [])];
    },

    async statistics() {
        const reports = [];
        for (const peer of this.peers()) {
            reports.push(...[...(await peer.getStats()).values()].map((report) => ({ ...report })));
        }
        return reports;
    },

    /** Both ends of the pair of addresses that carries the call, or null while there is none. */
    async selectedPair() {
        const reports = new Map((await this.statistics()).map((report) => [report.id, report]));
        for (const transport of reports.values()) {
            const pair = transport.type === "transport" && reports.get(transport.selectedCandidatePairId);
            if (pair) {
                return { local: reports.get(pair.localCandidateId), remote: reports.get(pair.remoteCandidateId) };
            }
        }
        return null;
    },

    /** What has come from the other side so far, by medium: decoded frames, sound energy, codec. */
    async received(kind) {
        const reports = await this.statistics();
        const inbound = reports.filter((report) => report.type === "inbound-rtp" && report.kind === kind);
        const codecs = new Map(reports.filter((report) => report.type === "codec").map((r) => [r.id, r.mimeType]));
        return {
            frames: inbound.reduce((sum, report) => sum + (report.framesDecoded ?? 0), 0),
            energy: inbound.reduce((sum, report) => sum + (report.totalAudioEnergy ?? 0), 0),
            codecs: inbound.filter((r) => r.framesDecoded || r.totalAudioEnergy).map((r) => codecs.get(r.codecId)),
        };
    },

    /**
     * When flashes and beeps begin (ms since the epoch) in what the camera and the microphone give, before any network.
     * The clocks of VideoFrame and AudioData have origins of their own: the quickest delivery of all tells where.
     * @param {number} seconds how long to look and listen
     */
    async flashesAndBeeps(seconds) {
        const senders = this.peers().flatMap((peer) => peer.getSenders());
        const track = (kind) => senders.find((sender) => sender.track?.kind === kind)?.track;
        const [flashes, beeps] = await Promise.all([
            this._flashes(track("video").clone(), seconds),
            this._beeps(track("audio").clone(), seconds),
        ]);
        return { flashes, beeps };
    },

    async _flashes(track, seconds) {
        const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        const begins = [];
        let origin = Infinity;
        let before = true;
        await this._read(track, seconds, (frame, now) => {
            origin = Math.min(origin, now - frame.timestamp / 1000);
            context.drawImage(frame, frame.displayWidth / 2, frame.displayHeight * 0.6, 1, 1, 0, 0, 1, 1);
            const white = Math.min(...context.getImageData(0, 0, 1, 1).data) > 200;
            if (white && !before) {
                begins.push(frame.timestamp / 1000);
            }
            before = white;
        });
        return begins.map((time) => time + origin);
    },

    async _beeps(track, seconds) {
        let origin = Infinity;
        const begins = [];
        let quietUntil = null;
        await this._read(track, seconds, (sound, now) => {
            origin = Math.min(origin, now - (sound.timestamp + sound.duration) / 1000);
            const samples = new Float32Array(sound.numberOfFrames);
            sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
            const first = samples.findIndex((sample) => Math.abs(sample) > 0.05);
            const time = sound.timestamp / 1000;
            quietUntil ??= time + 300;
            if (first >= 0) {
                if (time > quietUntil) {
                    begins.push(time + (first / sound.sampleRate) * 1000);
                }
                quietUntil = time + 300;
            }
        });
        return begins.map((time) => time + origin);
    },

    async _read(track, seconds, look) {
        const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
        const end = performance.now() + seconds * 1000;
        while (performance.now() < end) {
            const { value, done } = await reader.read();
            if (done) {
                break;
            }
            look(value, performance.timeOrigin + performance.now());
            value.close();
        }
        await reader.cancel();
        track.stop();
    },
};
