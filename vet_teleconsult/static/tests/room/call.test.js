import { after, describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { Emitter } from "@vet_teleconsult/core/emitter";
import { Call } from "@vet_teleconsult/room/call/call";
import { makeCallState } from "@vet_teleconsult/room/call/call_state";

describe.current.tags("headless");

function makeCall({ ticket }) {
    const call = new Call({
        state: makeCallState(),
        ticket,
        api: {
            async ticket() {
                expect.step("fresh ticket");
                return { ticket: "fresh", sidecar: { url: "https://other.example/media" }, ice_servers: [] };
            },
        },
        bootstrap: { sidecar: { url: "https://clinic.example/media" }, recording: {} },
        devices: Object.assign(new Emitter(), { tracks: {}, wanted: {} }),
        screenShare: Object.assign(new Emitter(), { track: null, audioTrack: null }),
        memory: { get: () => null, set: () => {} },
    });
    after(() => call.stop());
    return call;
}

test("the ticket that came with the room is used once, then a fresh one is fetched", async () => {
    const call = makeCall({ ticket: { value: "first", at: Date.now() } });
    expect(await call._getTicket()).toBe("first");
    expect(await call._getTicket()).toBe("fresh");
    expect.verifySteps(["fresh ticket"]);
});

test("a ticket that has grown old in the lobby is not shown", async () => {
    const call = makeCall({ ticket: { value: "first", at: Date.now() } });
    await advanceTime(4 * 60 * 1000);
    expect(await call._getTicket()).toBe("fresh");
    expect.verifySteps(["fresh ticket"]);
});

test("a call without a ticket fetches one, and goes where it is valid", async () => {
    const call = makeCall({ ticket: null });
    expect(await call._getTicket()).toBe("fresh");
    expect(call.signaling.url).toBe("wss://other.example/media/rooms/socket");
    expect.verifySteps(["fresh ticket"]);
});

test("every refusal of a consent leads to a new question", () => {
    const call = makeCall({ ticket: null });
    call.recording.onConsentRefused = (code) => expect.step(code);
    call._onError({ code: "consent_expired" });
    call._onError({ code: "consent_spent" });
    call._onError({ code: "no_call" });
    expect.verifySteps(["consent_expired", "consent_spent"]);
    expect(call.state.refusal).toBe("no_call");
});

const participant = (id, role) => ({ id, session: id, role, name: id, state: {}, polite: false });
const shares = (call) => [...call.links.values()].map(({ peer }) => peer.receivers);

test("what one line can send is divided among those who receive it", () => {
    const call = makeCall({ ticket: null });
    call._addParticipant(participant("owner-9", "owner"));
    expect(shares(call)).toEqual([1]);
    call._addParticipant(participant("guest-1", "guest"));
    call._addParticipant(participant("guest-2", "guest"));
    expect(shares(call)).toEqual([3, 3, 3]);
    call.removeParticipant("guest-1");
    expect(shares(call)).toEqual([2, 2]);
});

test("a guest who was removed is no longer sent anything, whatever the room's server says", () => {
    const call = makeCall({ ticket: null });
    call._addParticipant(participant("owner-9", "owner"));
    call._addParticipant(participant("guest-1", "guest"));
    const { pc } = call.links.get("guest-1").peer;
    call.removeParticipant("guest-1");
    expect(pc.connectionState).toBe("closed");
    expect(call.state.others.map(({ id }) => id)).toEqual(["owner-9"]);
});
