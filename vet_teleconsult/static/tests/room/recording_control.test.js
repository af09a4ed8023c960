import { describe, expect, test } from "@odoo/hoot";
import { ApiError } from "@vet_teleconsult/core/api";
import { Emitter } from "@vet_teleconsult/core/emitter";
import { isRecorded, makeCallState } from "@vet_teleconsult/room/call/call_state";
import { RecordingControl } from "@vet_teleconsult/room/call/recording_control";

describe.current.tags("headless");

class Keep {
    values = {};
    get(key) {
        return this.values[key] ?? null;
    }
    set(key, value) {
        this.values[key] = value;
    }
}

/** The owner's part in a call, with a signalling connection that may be away. */
function makeControl({ memory = new Keep(), answer = { grant: "grant-1" } } = {}) {
    const sent = [];
    const signaling = Object.assign(new Emitter(), {
        open: true,
        send(type, payload) {
            if (this.open) {
                sent.push([type, payload]);
            }
            return this.open;
        },
    });
    const state = Object.assign(makeCallState(), { self: { id: "owner-9", session: "s" }, call: { id: "call-1" } });
    const control = new RecordingControl({
        state,
        signaling,
        memory,
        api: {
            async consent() {
                if (answer instanceof Error) {
                    throw answer;
                }
                return answer;
            },
        },
        getIceServers: () => [],
        getTracks: () => ({}),
        maxBitrate: 1_000_000,
        consentVersion: "1",
    });
    return { control, state, signaling, sent, memory };
}

const asking = { state: "asking", missing: ["owner-9"], refused: [] };
const recording = { state: "recording", missing: [], refused: [] };
const withdrawals = (sent) => sent.filter(([, { decision }]) => decision === "withdrawn");

test("whoever is recorded can stop it, also on a device that was never asked", () => {
    const { control, state } = makeControl();
    control.update(recording);
    expect(isRecorded(state)).toBe(true);
});

test("whoever has not answered or has refused is not recorded", () => {
    const { control, state } = makeControl();
    control.update({ state: "paused", missing: ["owner-9"], refused: [] });
    expect(isRecorded(state)).toBe(false);
    control.update({ state: "paused", missing: [], refused: ["owner-9"] });
    expect(isRecorded(state)).toBe(false);
});

test("whoever withdraws is not recorded from that moment, before the sidecar knows", () => {
    const { control, state, signaling } = makeControl();
    control.update(recording);
    signaling.open = false;
    control.withdraw();
    expect(isRecorded(state)).toBe(false);
});

test("a withdrawal that could not be told survives a reload", () => {
    const before = makeControl();
    before.control.update(recording);
    before.signaling.open = false;
    before.control.withdraw();
    const after = makeControl({ memory: before.memory });
    after.control.update(recording);
    after.control.resume();
    expect(isRecorded(after.state)).toBe(false);
    expect(withdrawals(after.sent)).toHaveLength(1);
});

test("a withdrawal that the sidecar knows does not end a new question", () => {
    const { control, sent, memory } = makeControl();
    memory.set("withdrawn", "call-1");
    control.state.withdrawn = "call-1";
    control.update(asking);
    control.resume();
    expect(withdrawals(sent)).toEqual([]);
});

test("the vet's wish does not undo a withdrawal, only a new consent does", async () => {
    const { control, state, memory } = makeControl();
    control.update(recording);
    control.withdraw();
    control.request();
    expect(memory.get("withdrawn")).toBe("call-1");
    control.update(asking);
    await control.decide("granted");
    control.update(recording);
    expect(memory.get("withdrawn")).toBe(null);
    expect(isRecorded(state)).toBe(true);
});

test("a stored answer that the sidecar refuses is forgotten, and the question comes again", () => {
    const { control, state, memory } = makeControl();
    memory.set("grant:call-1", "expired");
    control.update(asking);
    expect(state.consentAsked).toBe(false);
    control.onConsentRefused("consent_expired");
    expect(memory.get("grant:call-1")).toBe(null);
    expect(state.consentAsked).toBe(true);
    expect(state.consentError.code).toBe("consent_expired");
});

test("an answer that Odoo refuses keeps the question and Odoo's own words", async () => {
    const answer = new ApiError("invalid", "The text has changed in the meantime.", "Reload the page.");
    const { control, state } = makeControl({ answer });
    control.update(asking);
    await control.decide("granted");
    expect(state.consentAsked).toBe(true);
    expect(state.consentError).toEqual({
        code: "invalid",
        sentence: "The text has changed in the meantime.",
        nextStep: "Reload the page.",
    });
});
