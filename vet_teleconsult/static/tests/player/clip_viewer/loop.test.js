import { describe, expect, test } from "@odoo/hoot";
import { fragmentOf, linkAt, timeOf } from "@vet_teleconsult/player/clip_viewer/clip_link";
import { Loop } from "@vet_teleconsult/player/clip_viewer/playback/loop";
import { formatClock } from "@vet_teleconsult/player/clip_viewer/transport/clock";

describe.current.tags("headless");

function loopOf(start, end) {
    const loop = new Loop();
    if (start !== null) {
        loop.setStart(start);
    }
    if (end !== null) {
        loop.setEnd(end);
    }
    return loop;
}

test("a stretch goes back to its start when its end is reached", () => {
    const loop = loopOf(2, 4);
    expect(loop.wrap(3.9, 10)).toBe(null);
    expect(loop.wrap(4, 10)).toBe(2);
});

test("a stretch with one mark goes from the beginning, or to the end", () => {
    expect(loopOf(null, 4).wrap(4, 10)).toBe(0);
    expect(loopOf(2, null).wrap(10, 10)).toBe(2);
});

test("without marks nothing is repeated", () => {
    expect(new Loop().wrap(10, 10)).toBe(null);
    expect(new Loop().entry(7, 10)).toBe(7);
});

test("playing begins inside the stretch", () => {
    const loop = loopOf(2, 4);
    expect([1, 2, 3, 4, 9].map((position) => loop.entry(position, 10))).toEqual([2, 2, 3, 2, 2]);
});

test("a mark on the wrong side of the other drops it", () => {
    const loop = loopOf(2, 4);
    loop.setStart(5);
    expect([loop.start, loop.end]).toEqual([5, null]);
    loop.setEnd(1);
    expect([loop.start, loop.end]).toEqual([null, 1]);
});

test("times are written to the millisecond", () => {
    expect([0, 1.0333, 59.9996, 3661.5].map(formatClock)).toEqual(["0:00.000", "0:01.033", "1:00.000", "1:01:01.500"]);
});

test("a moment is a fragment of the clip's address, and back", () => {
    expect(fragmentOf(12.4)).toBe("#t=12.4");
    expect(linkAt("https://clinic.example/clip#old", 3)).toBe("https://clinic.example/clip#t=3");
    expect(linkAt(null, 3)).toBe("#t=3");
    expect(linkAt("https://clinic.example/photo", null)).toBe("https://clinic.example/photo");
    expect(["#t=12.4", "#a=1&t=7", "#t=x", ""].map(timeOf)).toEqual([12.4, 7, null, null]);
});
