const POLL_INTERVAL = 80;

/**
 * How loud a microphone is, for a bar that shows a person that they are heard.
 */
export class LevelMeter {
    /** @param {(level: number) => void} onLevel called about twelve times a second with 0 (silent) to 1 (loud) */
    constructor(onLevel) {
        this.onLevel = onLevel;
    }

    /** @param {MediaStreamTrack|null} track */
    listen(track) {
        this.stop();
        const AudioContext = globalThis.AudioContext || globalThis.webkitAudioContext;
        if (!track || !AudioContext) {
            return;
        }
        this.context = new AudioContext();
        const analyser = this.context.createAnalyser();
        analyser.fftSize = 512;
        this.source = this.context.createMediaStreamSource(new MediaStream([track]));
        this.source.connect(analyser);
        const samples = new Uint8Array(analyser.fftSize);
        this.timer = setInterval(() => {
            if (this.context.state !== "running") {
                // Safari stops the context during a phone call and before the first tap.
                this.context.resume().catch(() => {});
            }
            analyser.getByteTimeDomainData(samples);
            let sum = 0;
            for (const sample of samples) {
                sum += ((sample - 128) / 128) ** 2;
            }
            // -60 dB to 0 dB, which is how ears count.
            const decibels = 20 * Math.log10(Math.sqrt(sum / samples.length) || 1e-6);
            this.onLevel(track.enabled ? Math.min(1, Math.max(0, (decibels + 60) / 50)) : 0);
        }, POLL_INTERVAL);
    }

    stop() {
        clearInterval(this.timer);
        this.source?.disconnect();
        this.context?.close().catch(() => {});
        this.source = this.context = null;
        this.onLevel(0);
    }
}
