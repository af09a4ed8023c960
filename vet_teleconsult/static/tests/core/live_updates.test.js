import { after, describe, expect, test } from "@odoo/hoot";
import { advanceTime, mockWebSocket, tick } from "@odoo/hoot-mock";
import { LiveUpdates } from "@vet_teleconsult/core/live_updates";

describe.current.tags("headless");

/** Odoo's end of the bus: what was subscribed to, and a way to deliver. */
function startLive(last) {
    const bus = { subscriptions: [], socket: null };
    mockWebSocket((socket) => {
        bus.socket = socket;
        socket.addEventListener("message", ({ data }) => {
            if (typeof data === "string") {
                bus.subscriptions.push(JSON.parse(data).data);
            }
        });
    });
    bus.deliver = (...ids) =>
        bus.socket.send(JSON.stringify(ids.map((id) => ({ id, message: { type: "t", payload: id } }))));
    const live = new LiveUpdates({ path: "/websocket?version=1", channel: "room", last });
    live.on("notification", ({ payload }) => expect.step(payload));
    after(() => live.stop());
    live.start();
    return bus;
}

test("a notification that was committed late is not dropped, one that comes twice is", async () => {
    const bus = startLive(10);
    await tick();
    bus.deliver(11, 13);
    bus.deliver(12, 13);
    await tick();
    expect.verifySteps([11, 13, 12]);
});

test("after a loss the server is asked from a little earlier, but not from before the room was entered", async () => {
    const bus = startLive(1000);
    await tick();
    bus.deliver(1050);
    await tick();
    bus.socket.close(3000);
    await advanceTime(2000);
    bus.deliver(1050, 1300);
    await tick();
    bus.socket.close(3000);
    await advanceTime(2000);
    expect(bus.subscriptions.map(({ last }) => last)).toEqual([1000, 1000, 1200]);
    expect.verifySteps([1050, 1300]);
});

test("what was seen is remembered within bounds", async () => {
    const bus = startLive(0);
    await tick();
    const ids = [...Array(500).keys()].map((index) => index + 1);
    bus.deliver(...ids);
    bus.deliver(...ids.slice(-150));
    await tick();
    expect.verifySteps(ids);
});
