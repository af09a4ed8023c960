import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { waitFor, waitUntil } from "@odoo/hoot-dom";
import { mockWebSocket } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { Memory } from "@vet_teleconsult/core/memory";
import { Room } from "@vet_teleconsult/room/room";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const WAITING = {
    state: "waiting",
    scheduled_at: "2026-05-04T10:00:00Z",
    place: 0,
    vet: null,
    vet_here: false,
    vet_busy: false,
    now: "2026-05-04T10:00:00Z",
};
const BOOTSTRAP = {
    consultation: {
        id: 8,
        state: "waiting",
        patient: { name: "Rex", species: "Dog" },
        owner: { name: "Anna" },
        vet: null,
        clinic: { name: "Riverside", phone: "1" },
    },
    participant: { id: "guest-5", role: "guest", name: "Ben" },
    sidecar: { url: "https://clinic.example/media" },
    ticket: "first",
    ice_servers: [],
    recording: { policy: "ask", consent_text: "", consent_version: "1" },
    chat: null,
    live: { channel: "room", websocket_path: "/websocket?version=1", last: 1 },
    waiting: WAITING,
    workspace: null,
};

let live;
/** What the clinic was told of the devices: camera and microphone. */
let told;

beforeEach(() => {
    live = null;
    told = [];
    mockWebSocket((socket) => {
        if (socket.url.includes("/websocket")) {
            live = socket;
        }
    });
    patchWithCleanup(navigator.mediaDevices, {
        getUserMedia: async () => {
            throw new DOMException("", "NotAllowedError");
        },
        enumerateDevices: async () => [],
    });
});

async function mountRoom(participant = BOOTSTRAP.participant, { inCall = false, waiting = async () => WAITING } = {}) {
    if (inCall) {
        new Memory("sessionStorage", "room.8").set("inCall", { microphone: false, camera: false });
    }
    const api = {
        join: async () => ({ ...BOOTSTRAP, participant }),
        ticket: async () => ({ ticket: "fresh" }),
        waiting,
        deviceCheck: async ({ camera, microphone }) => told.push([camera, microphone]),
    };
    await mountWithoutWebClient(Room, { api, consultationId: 8 });
}

const notify = (type, payload) => live.send(JSON.stringify([{ id: Math.random(), message: { type, payload } }]));

test("a guest sees the patient and no messages", async () => {
    await mountRoom(undefined, { inCall: true });
    await waitFor("[data-test=tab-patient][aria-selected=true]");
    expect("[data-test=tab-messages]").toHaveCount(0);
});

test("a guest who is removed is out of the room", async () => {
    await mountRoom(undefined, { inCall: true });
    await waitUntil(() => live);
    notify("vet_teleconsult/guest_removed", { participant: "guest-5" });
    await waitFor("[data-test=blocked][data-code=removed]");
});

test("who remains when another guest is removed stays in the room", async () => {
    await mountRoom(undefined, { inCall: true });
    await waitUntil(() => live);
    notify("vet_teleconsult/guest_removed", { participant: "guest-6" });
    await waitFor("[data-test=hang-up]");
    expect("[data-test=blocked]").toHaveCount(0);
});

test("the owner's devices are told to the clinic, a guest's are not", async () => {
    await mountRoom({ id: "owner-9", role: "owner", name: "Anna" });
    await waitFor("[data-test=check-camera][data-value=denied]");
    await waitUntil(() => told.length);
    expect(told).toEqual([["denied", "denied"]]);
});

test("a guest's devices are shown to the guest alone", async () => {
    await mountRoom();
    await waitFor("[data-test=check-camera][data-value=denied]");
    expect(told).toEqual([]);
});

test("the place in line follows what happens at the clinic", async () => {
    const answers = [{ ...WAITING, place: null, vet: { name: "Dr Meier" }, vet_here: true }];
    await mountRoom({ id: "owner-9", role: "owner", name: "Anna" }, { waiting: async () => answers.shift() });
    await waitFor("[data-test=waiting-status][data-state=next]");
    notify("vet_teleconsult/line", {});
    await waitFor("[data-test=waiting-status][data-state=here]", { timeout: 3000 });
});
