import { describe, expect, test } from "@odoo/hoot";
import { LIMIT, RenderWindow } from "@vet_teleconsult/chat/thread/render_window";

describe.current.tags("headless");

const messages = (count, first = 1) => Array.from({ length: count }, (_, index) => ({ id: first + index }));

function makeWindow(all) {
    const shown = new RenderWindow(RenderWindow.makeState());
    shown.showNewest(all);
    return shown;
}

test("at first the newest are rendered", () => {
    const all = messages(10_000);
    const [start, end] = makeWindow(all).range(all);
    expect(end).toBe(10_000);
    expect(end - start).toBeLessThan(LIMIT);
});

test("however far the reader goes back, no more than the limit is rendered", () => {
    const all = messages(10_000);
    const shown = makeWindow(all);
    let widest = 0;
    while (shown.showOlder(all)) {
        const [start, end] = shown.range(all);
        widest = Math.max(widest, end - start);
    }
    expect(shown.range(all)[0]).toBe(0);
    expect(widest).toBe(LIMIT);
});

test("going back overlaps with what was rendered, and so does returning", () => {
    const all = messages(2_000);
    const shown = makeWindow(all);
    let [start, end] = shown.range(all);
    while (shown.showOlder(all)) {
        const [nextStart, nextEnd] = shown.range(all);
        expect(nextEnd).toBeGreaterThan(start);
        [start, end] = [nextStart, nextEnd];
    }
    while (shown.showNewer(all)) {
        const [nextStart, nextEnd] = shown.range(all);
        expect(nextStart).toBeLessThan(end);
        [start, end] = [nextStart, nextEnd];
    }
    expect(shown.atNewest).toBe(true);
});

test("messages that come in behind it are rendered while the newest are", () => {
    const all = messages(100);
    const shown = makeWindow(all);
    const more = [...all, { id: 101 }];
    expect(shown.range(more)[1]).toBe(101);
});

test("older messages that were loaded move nothing", () => {
    const all = messages(100, 1001);
    const shown = makeWindow(all);
    shown.showOlder(all);
    const before = all.slice(...shown.range(all));
    const more = [...messages(100, 901), ...all];
    expect(more.slice(...shown.range(more))).toEqual(before);
});

test("what floods in while the reader is at the end pushes out what is far above", () => {
    const all = messages(100);
    const shown = makeWindow(all);
    const more = messages(1_000);
    shown.trim(more, true);
    const [start, end] = shown.range(more);
    expect(end).toBe(1_000);
    expect(end - start).toBeLessThan(LIMIT);
});

test("what floods in while the reader is further up is not rendered", () => {
    const all = messages(100);
    const shown = makeWindow(all);
    const [start] = shown.range(all);
    const more = messages(1_000);
    shown.trim(more, false);
    expect(shown.range(more)).toEqual([start, start + LIMIT]);
    expect(shown.atNewest).toBe(false);
});

test("new messages from a while ago are rendered, too, as far as the limit goes", () => {
    const all = messages(1_000);
    const shown = new RenderWindow(RenderWindow.makeState());
    shown.showNewest(all, 900);
    expect(shown.range(all)[0]).toBeLessThan(899);
});

test("an empty chat is a window of nothing, until something comes", () => {
    const shown = makeWindow([]);
    expect(shown.range([])).toEqual([0, 0]);
    expect(shown.range(messages(3))).toEqual([0, 3]);
});
