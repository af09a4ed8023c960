import { describe, expect, test } from "@odoo/hoot";
import { RateCounter } from "@vet_teleconsult/player/clip_viewer/rate/rate_counter";

describe.current.tags("headless");

function counted(...passes) {
    const counter = new RateCounter();
    for (const pass of passes) {
        counter.jump();
        pass.forEach((time) => counter.tap(time));
    }
    return counter;
}

const every = (seconds, count, start = 0) => Array.from({ length: count }, (_, number) => start + number * seconds);

test("a rate is the intervals between taps over their time", () => {
    const counter = counted(every(2, 11, 3));
    expect(counter.count).toBe(11);
    expect(counter.counted).toBeCloseTo(20, { margin: 1e-9 });
    expect(counter.rate).toBeCloseTo(30, { margin: 1e-9 });
    expect(counter.stretch).toEqual({ start: 3, end: 23 });
});

test("one tap is no rate", () => {
    expect(counted([1]).rate).toBe(null);
    expect(new RateCounter().stretch).toBe(null);
});

test("the way back to the start of a stretch is not counted", () => {
    const counter = counted([1, 2, 3], [1.2, 2.2, 3.2]);
    expect(counter.count).toBe(6);
    expect(counter.counted).toBeCloseTo(4, { margin: 1e-9 });
    expect(counter.rate).toBeCloseTo(60, { margin: 1e-9 });
});

test("a tap that lies before the last one begins another pass by itself", () => {
    expect(counted([5, 6, 1, 2]).counted).toBeCloseTo(2, { margin: 1e-9 });
});

test("two taps on one frame are one", () => {
    expect(counted([1, 1, 2]).count).toBe(2);
});

test("undo takes the last tap back, also of an earlier pass", () => {
    const counter = counted([1, 2], [1.5]);
    counter.jump();
    counter.undo();
    counter.undo();
    expect(counter.taps).toEqual([1]);
    counter.undo();
    counter.undo();
    expect(counter.count).toBe(0);
});

test("confidence asks for taps, for time and for a rhythm", () => {
    expect(counted(every(3, 5)).confidence).toBe("few");
    expect(counted(every(1, 8)).confidence).toBe("short");
    expect(counted(every(1, 12)).confidence).toBe("good");
    expect(counted([0, 0.5, 4, 4.5, 9, 9.4, 14]).confidence).toBe("irregular");
});

test("an even rhythm has a small margin, an uneven one a larger", () => {
    expect(counted(every(2, 10)).margin).toBeCloseTo(0, { margin: 1e-9 });
    expect(counted([0, 1.5, 4, 5.5, 8, 9.5, 12]).margin).toBeGreaterThan(2);
});
