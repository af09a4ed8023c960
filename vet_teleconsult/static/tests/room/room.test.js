import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, queryOne, waitFor, waitForNone, waitUntil } from "@odoo/hoot-dom";
import { animationFrame, mockWebSocket } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { ApiError } from "@vet_teleconsult/core/api";
import { Memory } from "@vet_teleconsult/core/memory";
import { Room } from "@vet_teleconsult/room/room";
import { FakeApi, makeInfo, makeMessage, makeStore } from "../chat/fake_chat";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const BOOTSTRAP = {
    consultation: {
        id: 5,
        name: "C5",
        state: "in_progress",
        patient: null,
        owner: { name: "Anna" },
        vet: { name: "Dr. Weber" },
        clinic: { name: "Clinic", phone: "1" },
    },
    participant: { id: "owner-9", role: "owner", name: "Anna" },
    sidecar: { url: "https://clinic.example/media" },
    ticket: "first",
    ice_servers: [],
    recording: { policy: "ask", consent_text: "", consent_version: "1" },
    live: { channel: "room", websocket_path: "/websocket?version=1", last: 1 },
    workspace: null,
};

/** Sockets of the room, with the first frame that each sent. */
let hellos;
let asked;
let chat;

beforeEach(() => {
    hellos = [];
    asked = [];
    mockWebSocket((socket) => {
        if (socket.url.endsWith("/rooms/socket")) {
            socket.addEventListener("message", ({ data }) => {
                const frame = JSON.parse(data);
                if (frame.type === "hello") {
                    hellos.push({ socket, ...frame });
                }
            });
        }
    });
    patchWithCleanup(navigator.mediaDevices, {
        getUserMedia: async (constraints) => {
            asked.push({ microphone: Boolean(constraints.audio), camera: Boolean(constraints.video) });
            throw new DOMException("", "NotAllowedError");
        },
        enumerateDevices: async () => [],
    });
});

/** What this tab keeps over a reload; as fresh as the page that reads it. */
const memory = () => new Memory("sessionStorage", "room.5");

async function mountRoom(join = async () => BOOTSTRAP) {
    const api = { join, ticket: async () => ({ ticket: "fresh" }), deviceCheck: async () => ({}) };
    chat = makeStore({ api: new FakeApi({ info: makeInfo({ messages: [makeMessage(1)] }) }) });
    await mountWithoutWebClient(Room, { api, consultationId: 5, chatStore: chat.store });
}

test("whoever was not in the call passes the lobby", async () => {
    await mountRoom();
    await waitFor("[data-test=lobby]");
    expect(hellos).toEqual([]);
});

test("whoever reloads the page in the middle of a call is back in it without a question", async () => {
    memory().set("inCall", { microphone: true, camera: true });
    await mountRoom();
    await waitUntil(() => hellos.length);
    expect(hellos[0].ticket).toBe("first");
    await waitFor("[data-test=room][data-phase=call]");
});

test("what was turned off before a reload is not opened by it", async () => {
    memory().set("inCall", { microphone: true, camera: false });
    await mountRoom();
    await waitUntil(() => asked.length);
    expect(asked).toEqual([{ microphone: true, camera: false }]);
});

test("a camera that is refused after a reload is said, and the call goes on", async () => {
    memory().set("inCall", { microphone: false, camera: true });
    await mountRoom();
    await waitFor("[data-test=notice]:contains(camera is blocked)");
    expect("[data-test=room]").toHaveAttribute("data-phase", "call");
});

test("after hanging up, a reload leads to the lobby", async () => {
    memory().set("inCall", { microphone: true, camera: true });
    await mountRoom();
    await waitFor("[data-test=hang-up]");
    await click("[data-test=hang-up]");
    await waitFor("[data-test=rejoin]");
    expect(memory().get("inCall")).toBe(null);
});

test("a tab that another one has replaced does not take the call back by a reload", async () => {
    memory().set("inCall", { microphone: true, camera: true });
    await mountRoom();
    await waitUntil(() => hellos.length);
    hellos[0].socket.send(JSON.stringify({ type: "ended", reason: "replaced" }));
    await waitFor("[data-test=blocked][data-code=replaced]");
    expect(memory().get("inCall")).toBe(null);
});

test("a consultation that was finished meanwhile has no call to come back to", async () => {
    memory().set("inCall", { microphone: true, camera: true });
    await mountRoom(async () => {
        throw new ApiError("finished", "This consultation is over.", "Write to the clinic.");
    });
    await waitFor("[data-test=blocked][data-code=finished]");
    expect(memory().get("inCall")).toBe(null);
    expect(hellos).toEqual([]);
});

test("while Odoo is away for a moment the way back into the call is kept", async () => {
    memory().set("inCall", { microphone: true, camera: true });
    await mountRoom(async () => {
        throw new ApiError("offline");
    });
    await waitFor("[data-test=blocked][data-code=offline]");
    expect(memory().get("inCall")).not.toBe(null);
});

test("coming back after hanging up fetches a ticket of its own", async () => {
    memory().set("inCall", { microphone: true, camera: true });
    await mountRoom();
    await waitUntil(() => hellos.length);
    await waitFor("[data-test=hang-up]");
    await click("[data-test=hang-up]");
    await waitFor("[data-test=rejoin]");
    await click("[data-test=rejoin]");
    await waitUntil(() => hellos.length === 2);
    expect(hellos[1].ticket).toBe("fresh");
});

test("a screen that could not be shared is said", async () => {
    patchWithCleanup(navigator.mediaDevices, {
        getDisplayMedia: async () => {
            throw new DOMException("", "NotReadableError");
        },
    });
    memory().set("inCall", { microphone: false, camera: false });
    await mountRoom();
    await waitFor("[data-test=share-screen]");
    await click("[data-test=share-screen]");
    await waitFor("[data-test=notice]:contains(screen could not be shared)");
});

/** The vet's control bar, as far as the room goes. */
class Bar extends Component {
    static template = xml`<button type="button" data-test="bar-finish" t-on-click="finish">Finish</button>`;
    static props = ["*"];

    async finish() {
        try {
            expect.step(`go on: ${await this.props.onBefore("finish")}`);
        } catch (error) {
            expect.step(`refused: ${error.sentence}`);
        }
    }
}

async function mountVetsRoom(saveNote) {
    const bootstrap = { ...BOOTSTRAP, participant: { id: "vet-2", role: "vet", name: "Dr. Weber" }, workspace: {} };
    const api = { join: async () => bootstrap, ticket: async () => ({ ticket: "fresh" }), saveNote };
    chat = makeStore({ api: new FakeApi({ info: makeInfo({ messages: [makeMessage(1)] }) }) });
    await mountWithoutWebClient(Room, { api, consultationId: 5, chatStore: chat.store, workflowComponent: Bar });
    await waitFor("[data-test=bar-finish]");
}

test("what was typed and not saved is saved before the consultation is finished", async () => {
    memory().set("typed", { recommendations: "Clean the ear." });
    await mountVetsRoom(async (changes) => {
        expect.step(JSON.stringify(changes));
        return changes;
    });
    await click("[data-test=bar-finish]");
    await waitUntil(() => memory().get("typed") === null);
    await animationFrame();
    expect.verifySteps(['{"recommendations":"Clean the ear."}', "go on: true"]);
});

test("what cannot be saved keeps the consultation from being finished, and is kept", async () => {
    memory().set("typed", { recommendations: "Clean the ear." });
    await mountVetsRoom(async () => {
        throw new ApiError("invalid", "Dr. Meier has claimed it.");
    });
    await click("[data-test=bar-finish]");
    await animationFrame();
    expect.verifySteps(["refused: Dr. Meier has claimed it."]);
    expect(memory().get("typed")).toEqual({ recommendations: "Clean the ear." });
});

test("messages that are not before somebody's eyes are counted on their tab", async () => {
    memory().set("inCall", { microphone: false, camera: false });
    await mountRoom();
    await waitFor("[data-test=message]");
    await click("[data-test=tab-patient]");
    await waitFor("[data-test=tab-patient][aria-selected=true]");
    chat.store.receive({
        type: "vet_teleconsult/message",
        payload: { chat_id: 7, message: makeMessage(2) },
    });
    await waitFor("[data-test=unread]:contains(1)");
    await click("[data-test=tab-messages]");
    await waitFor("[data-test=message]");
    await waitForNone("[data-test=unread]");
});

test("a file that is dropped anywhere in the room is sent", async () => {
    memory().set("inCall", { microphone: false, camera: false });
    await mountRoom();
    await waitFor("[data-test=message]");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["x"], "cough.mp4", { type: "video/mp4" }));
    queryOne("[data-test=waiting]").dispatchEvent(
        new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true })
    );
    expect(chat.store.queue.added.map(([files]) => files.map(({ name }) => name))).toEqual([["cough.mp4"]]);
});
