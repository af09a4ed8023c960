import { describe, expect, test } from "@odoo/hoot";
import { DriftCorrector, LARGEST_NUDGE } from "@vet_teleconsult/player/recording_player/playback/drift";
import { MasterClock } from "@vet_teleconsult/player/recording_player/playback/master_clock";

describe.current.tags("headless");

/** Play a file that is off by `drift` (s) and measured with noise (s), and return how it went. */
function simulate(drift, { ticks = 200, noise = () => 0 } = {}) {
    const corrector = new DriftCorrector();
    const nudges = [];
    for (let tick = 0; tick < ticks; tick++) {
        const { nudge, seek } = corrector.update(drift + noise(tick));
        nudges.push(nudge);
        if (seek) {
            return { drift, nudges, sought: true };
        }
        drift += nudge * 0.05;
    }
    return { drift, nudges, sought: false };
}

test("a file that is late catches up, one that is early slows down", () => {
    for (const start of [-0.2, -0.05, 0.05, 0.2]) {
        const { drift, sought } = simulate(start);
        expect(sought).toBe(false);
        expect(Math.abs(drift)).toBeLessThan(0.012);
    }
});

test("the speed never changes by more than five percent", () => {
    const { nudges } = simulate(-0.24);
    expect(Math.max(...nudges.map(Math.abs))).toBe(LARGEST_NUDGE);
});

test("a file in step is left alone, however noisy the measurement", () => {
    const { nudges } = simulate(0.002, { noise: (tick) => (tick % 2 ? 0.007 : -0.007) });
    expect(new Set(nudges)).toEqual(new Set([0]));
});

test("a single wild measurement moves nothing", () => {
    const { nudges, sought } = simulate(0, { noise: (tick) => (tick === 20 ? 1.5 : 0) });
    expect(sought).toBe(false);
    expect(new Set(nudges)).toEqual(new Set([0]));
});

test("the speed comes to rest once the file is in step", () => {
    expect(simulate(-0.1).nudges.slice(-50)).toEqual(new Array(50).fill(0));
});

test("a file that is far off is sought", () => {
    expect(simulate(-0.4).sought).toBe(true);
});

test("the clock runs only while started, at its rate, from where it was set", () => {
    let time = 1000;
    const clock = new MasterClock(() => time);
    clock.set(5);
    time += 1000;
    expect(clock.position).toBe(5);
    clock.start();
    time += 2000;
    expect(clock.position).toBe(7);
    clock.setRate(2);
    time += 1000;
    expect(clock.position).toBe(9);
    clock.stop();
    time += 5000;
    expect(clock.position).toBe(9);
});
