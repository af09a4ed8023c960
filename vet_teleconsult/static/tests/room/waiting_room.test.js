import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { ApiError } from "@vet_teleconsult/core/api";
import { WaitingRoom } from "@vet_teleconsult/room/waiting/waiting_room";

describe.current.tags("desktop");

function makeWaitingRoom(answer = async () => ({ place: 1 })) {
    const shown = [];
    const waiting = new WaitingRoom({
        api: { waiting: () => (expect.step("asked"), answer()) },
        show: (status) => shown.push(status),
        random: () => 0.5,
    });
    return { waiting, shown };
}

test("many hints in a moment are one question", async () => {
    const { waiting, shown } = makeWaitingRoom();
    waiting.hint();
    waiting.hint();
    waiting.hint();
    await advanceTime(1500);
    expect.verifySteps(["asked"]);
    expect(shown.map(({ place }) => place)).toEqual([1]);
});

test("not everybody asks at the same moment", async () => {
    const { waiting } = makeWaitingRoom();
    waiting.hint();
    await advanceTime(700);
    expect.verifySteps([]);
    await advanceTime(100);
    expect.verifySteps(["asked"]);
});

test("a hint after an answer asks again", async () => {
    const { waiting } = makeWaitingRoom();
    waiting.hint();
    await advanceTime(1500);
    waiting.hint();
    await advanceTime(1500);
    expect.verifySteps(["asked", "asked"]);
});

test("while the clinic does not answer, what is shown stays", async () => {
    const { waiting, shown } = makeWaitingRoom(async () => {
        throw new ApiError("offline");
    });
    waiting.start({ place: 2 });
    waiting.hint();
    await advanceTime(1500);
    expect.verifySteps(["asked"]);
    expect(shown.map(({ place }) => place)).toEqual([2]);
});

test("a page that has gone asks nothing and shows nothing any more", async () => {
    const { waiting, shown } = makeWaitingRoom();
    waiting.hint();
    waiting.stop();
    await advanceTime(5000);
    expect.verifySteps([]);
    expect(shown).toEqual([]);
});
