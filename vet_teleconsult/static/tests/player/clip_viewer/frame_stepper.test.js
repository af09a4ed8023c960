import { describe, expect, test } from "@odoo/hoot";
import { FrameStepper } from "@vet_teleconsult/player/clip_viewer/frames/frame_stepper";
import { FrameTimes } from "@vet_teleconsult/player/clip_viewer/frames/frame_times";

describe.current.tags("headless");

/** Pseudo-random numbers from 0 to 1, the same ones each time. */
function dice(seed) {
    let state = seed;
    return () => {
        state = (state * 1664525 + 1013904223) % 4294967296;
        return state / 4294967296;
    };
}

const constant = (rate, count) => Array.from({ length: count }, (_, number) => number / rate);

function varying(count, seed = 3) {
    const throwDice = dice(seed);
    const gaps = [0.008, 0.016, 0.017, 0.033, 0.033, 0.034, 0.041, 0.067, 0.12, 0.4];
    const times = [0.021];
    while (times.length < count) {
        times.push(times.at(-1) + gaps[Math.floor(throwDice() * gaps.length)]);
    }
    return times;
}

const inMilliseconds = (times) => times.map((time) => Math.round(time * 1000) / 1000);

/** A browser that shows the frame that a place lies in, as for MP4. */
const exactly = (times) => (place) => {
    const later = times.findIndex((time) => time > place);
    return times[later < 0 ? times.length - 1 : Math.max(0, later - 1)];
};

/** A browser that takes every frame to last so long (s), as for WebM: it shows the first that is not over. */
const holding = (times, hold) => (place) => times.find((time) => time + hold >= place) ?? times.at(-1);

function stepperOf(times, browser, options) {
    const duration = times.at(-1) + 0.033;
    const seeks = [];
    const stepper = new FrameStepper(
        new FrameTimes(options),
        async (place) => {
            expect(place).toBeWithin(0, duration);
            seeks.push(place);
            return browser(place);
        },
        () => duration
    );
    return { stepper, seeks, duration };
}

const CLIPS = [
    ["30 frames a second", constant(30, 300), {}],
    ["29.97 frames a second", constant(30000 / 1001, 300), {}],
    ["240 frames a second", constant(240, 300), {}],
    ["5 frames a second, taken for 30", constant(5, 100), { frameRate: 30 }],
    ["a varying rate", varying(300), {}],
];

for (const [name, times, options] of CLIPS) {
    for (const [kind, browser, exact] of [
        ["exactly", exactly(times), true],
        ["exactly, which is not known", exactly(times), false],
    ]) {
        test(`each frame once, forward and back: ${name}, shown ${kind}`, async () => {
            const { stepper } = stepperOf(times, browser, { exact, ...options });
            const shown = [await stepper.seek(0)];
            while (shown.length < times.length) {
                shown.push(await stepper.forward(shown.at(-1)));
            }
            expect(shown).toEqual(times);
            const back = [shown.at(-1)];
            while (back.length < times.length) {
                back.push(await stepper.back(back.at(-1)));
            }
            expect(back.reverse()).toEqual(times);
        });
    }
}

for (const [name, hold] of [
    ["longer than they last", 0.0417],
    ["shorter than they last", 0.02],
    ["much longer than they last", 0.1],
]) {
    test(`each frame once in a WebM whose frames are taken to last ${name}`, async () => {
        for (const times of [inMilliseconds(constant(30, 120)), inMilliseconds(varying(120))]) {
            const { stepper } = stepperOf(times, holding(times, hold), {});
            const shown = [await stepper.seek(0)];
            // Nothing is known of how browsers guess beyond the end.
            while (shown.length < times.length - 15) {
                shown.push(await stepper.forward(shown.at(-1)));
            }
            expect(shown).toEqual(times.slice(0, -15));
            const back = [await stepper.seek(times[60])];
            for (let step = 0; step < 30; step++) {
                back.push(await stepper.back(back.at(-1)));
            }
            const from = times.indexOf(back[0]);
            expect(back.reverse()).toEqual(times.slice(from - 30, from + 1));
        }
    });
}

test("steps after jumps here and there never skip or stay", async () => {
    for (const times of [constant(30, 400), varying(400, 11), constant(24, 400)]) {
        const throwDice = dice(5);
        const { stepper, duration } = stepperOf(times, exactly(times), { exact: true });
        for (let jump = 0; jump < 60; jump++) {
            let shown = await stepper.seek(throwDice() * duration);
            for (let step = 0; step < 6; step++) {
                const index = times.indexOf(shown);
                const forward = throwDice() > 0.5;
                shown = await (forward ? stepper.forward(shown) : stepper.back(shown));
                expect(times.indexOf(shown)).toBe(
                    forward ? Math.min(index + 1, times.length - 1) : Math.max(index - 1, 0)
                );
            }
        }
    }
});

test("at both ends it stays", async () => {
    const times = constant(30, 20);
    const { stepper, duration } = stepperOf(times, exactly(times), { exact: true });
    expect(await stepper.seek(duration)).toBe(times.at(-1));
    expect(await stepper.forward(times.at(-1))).toBe(times.at(-1));
    expect(await stepper.back(times.at(-1))).toBe(times.at(-2));
    await stepper.seek(0);
    expect(await stepper.back(0)).toBe(0);
});

test("a step forward takes two seeks at a constant rate, one where it was before, and one back", async () => {
    const times = constant(30, 60);
    const { stepper, seeks } = stepperOf(times, exactly(times), { exact: true, frameRate: 30 });
    await stepper.seek(1.01);
    const count = async (step) => {
        seeks.length = 0;
        await step();
        return seeks.length;
    };
    expect(await count(() => stepper.forward(times[30]))).toBe(2);
    expect(await count(() => stepper.back(times[31]))).toBe(1);
    expect(await count(() => stepper.back(times[30]))).toBe(1);
    expect(await count(() => stepper.forward(times[29]))).toBe(1);
});

test("a frame that was played is landed on, wherever the browser shows it", async () => {
    const times = inMilliseconds(constant(30, 60));
    for (const hold of [0.02, 0.0417, 0.08]) {
        const { stepper } = stepperOf(times, holding(times, hold), {});
        await stepper.seek(0);
        expect(await stepper.land(times[40])).toBe(times[40]);
    }
});

test("a browser that turns out to show frames longer is no longer believed", async () => {
    const times = inMilliseconds(constant(30, 60));
    const { stepper } = stepperOf(times, holding(times, 0.0417), { exact: true });
    let shown = await stepper.seek(0.5);
    stepper.times.note(times[16]);
    for (let step = 0; step < 10; step++) {
        const index = times.indexOf(shown);
        shown = await stepper.forward(shown);
        if (!stepper.times.exact) {
            expect(times.indexOf(shown)).toBe(index + 1);
        }
    }
    expect(stepper.times.exact).toBe(false);
});
