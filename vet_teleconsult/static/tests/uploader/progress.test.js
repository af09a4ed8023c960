import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { formatSize, formatTimeLeft } from "@vet_teleconsult/chat/uploader/sizes";
import { SpeedMeter } from "@vet_teleconsult/chat/uploader/speed_meter";

describe.current.tags("desktop");

beforeEach(() => allowTranslations());

const KB = 1024;

for (const [bytes, text] of [
    [0, "0 kB"],
    [1, "1 kB"],
    [900 * KB, "900 kB"],
    [12.44 * KB ** 2, "12.4 MB"],
    [200 * KB ** 2, "200 MB"],
    [1.5 * KB ** 3, "1.5 GB"],
]) {
    test(`${bytes} bytes are ${text}`, () => expect(formatSize(bytes)).toBe(text));
}

for (const [seconds, text] of [
    [3, "a few seconds left"],
    [31, "40 seconds left"],
    [60, "1 minute left"],
    [61, "2 minutes left"],
    [3600, "about an hour left"],
    [5400, "about 1.5 hours left"],
]) {
    test(`${seconds} seconds are ${text}`, () => expect(formatTimeLeft(seconds)).toBe(text));
}

function makeMeter() {
    const clock = { time: 0 };
    const meter = new SpeedMeter(() => clock.time);
    const note = (time, amount) => {
        clock.time = time;
        return meter.note(amount);
    };
    return { meter, note };
}

test("a steady network has a steady speed", () => {
    const { note } = makeMeter();
    for (let second = 0; second < 20; second++) {
        note(second * 1000, second * 500);
    }
    expect(Math.round(note(20000, 10000))).toBe(500);
});

test("a short stumble hardly shows", () => {
    const { note } = makeMeter();
    [0, 1, 2, 3, 4, 5].forEach((second) => note(second * 1000, second * 1000));
    const speed = note(6000, 5000);
    expect(speed).toBeGreaterThan(800);
    expect(speed).toBeLessThan(1000);
});

test("bytes that have to be sent again are not counted as a speed below nothing", () => {
    const { note } = makeMeter();
    note(0, 0);
    note(1000, 8000);
    expect(note(2000, 4000)).toBe(8000);
    expect(note(3000, 5000)).toBeGreaterThan(0);
});

test("after a pause nothing is known", () => {
    const { meter, note } = makeMeter();
    note(0, 0);
    note(1000, 1000);
    meter.reset();
    expect(note(60000, 1000)).toBe(0);
});
