import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { Chime } from "@vet_teleconsult/backend/waiting_systray/chime";

describe.current.tags("desktop");

class FakeContext {
    currentTime = 0;
    destination = {};
    constructor() {
        expect.step("context");
    }
    resume() {}
    createOscillator() {
        return { frequency: {}, connect: (next) => next, start: () => expect.step("note"), stop: () => {} };
    }
    createGain() {
        const gain = { setValueAtTime: () => {}, exponentialRampToValueAtTime: () => {} };
        return { gain, connect: () => {} };
    }
}

test("before anybody has touched the page nothing is tried that browsers forbid", () => {
    expect(new Chime(FakeContext).ring()).toBe(false);
    expect.verifySteps([]);
});

test("after the first click it rings with two notes", async () => {
    const chime = new Chime(FakeContext);
    await click(document.body);
    expect(chime.ring()).toBe(true);
    expect.verifySteps(["context", "note", "note"]);
});
