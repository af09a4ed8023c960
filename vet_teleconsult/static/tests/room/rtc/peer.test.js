import { after, describe, expect, test } from "@odoo/hoot";
import { Peer, SECTIONS } from "@vet_teleconsult/room/rtc/peer";

describe.current.tags("headless");

/** Two real peer connections in this page; `deliver` carries what they signal to each other. */
function makePair() {
    const vet = new Peer({ id: "owner-9", session: "o", polite: false, iceServers: [] });
    const owner = new Peer({ id: "vet-7", session: "v", polite: true, iceServers: [] });
    after(() => {
        vet.close();
        owner.close();
    });
    return { vet, owner };
}

function connect(vet, owner) {
    vet.on("signal", (signal) => owner.receive(signal));
    owner.on("signal", (signal) => vet.receive(signal));
}

const stable = (peer) =>
    new Promise((resolve) => {
        const check = () => peer.pc.signalingState === "stable" && peer.pc.remoteDescription && resolve();
        peer.pc.addEventListener("signalingstatechange", check);
        check();
    });

const kinds = (peer) => peer.sections().map((transceiver) => transceiver.receiver.track.kind);

test("both sides hold the same sections in the same order", async () => {
    const { vet, owner } = makePair();
    connect(vet, owner);
    await Promise.all([stable(vet), stable(owner)]);
    expect(kinds(vet)).toEqual(SECTIONS.map(({ kind }) => kind));
    expect(kinds(owner)).toEqual(kinds(vet));
    expect(owner.sections().map(({ mid }) => mid)).toEqual(vet.sections().map(({ mid }) => mid));
});

test("the owner's answer lets media flow in both directions", async () => {
    const { vet, owner } = makePair();
    connect(vet, owner);
    await Promise.all([stable(vet), stable(owner)]);
    expect(vet.sections().map(({ currentDirection }) => currentDirection)).toEqual(Array(4).fill("sendrecv"));
});

test("the polite side makes no first offer", async () => {
    const { owner } = makePair();
    owner.on("signal", ({ description }) => description && expect.step(description.type));
    await owner._offer();
    expect.verifySteps([]);
});

test("offers that collide end in one agreement", async () => {
    const { vet, owner } = makePair();
    connect(vet, owner);
    await Promise.all([stable(vet), stable(owner)]);
    vet.restart();
    owner.restart();
    await Promise.resolve();
    await Promise.all([stable(vet), stable(owner)]);
    expect(vet.pc.signalingState).toBe("stable");
    expect(owner.pc.signalingState).toBe("stable");
    expect(vet.sections()).toHaveLength(4);
});

test("an offer that was lost on the way is told again", async () => {
    const { vet, owner } = makePair();
    let lost = 0;
    vet.on("signal", (signal) => {
        if (signal.description && !lost) {
            lost += 1;
        } else {
            owner.receive(signal);
        }
    });
    owner.on("signal", (signal) => vet.receive(signal));
    await new Promise((resolve) => {
        vet.pc.addEventListener("signalingstatechange", resolve, { once: true });
    });
    vet.restart();
    await Promise.all([stable(vet), stable(owner)]);
    expect(lost).toBe(1);
});

test("an offer that was lost is told again as soon as the other side makes one of its own", async () => {
    const { vet, owner } = makePair();
    let losing = false;
    vet.on("signal", (signal) => !(losing && signal.description) && owner.receive(signal));
    owner.on("signal", (signal) => vet.receive(signal));
    await Promise.all([stable(vet), stable(owner)]);
    losing = true;
    vet.restart();
    await new Promise((resolve) => {
        vet.pc.addEventListener("signalingstatechange", resolve, { once: true });
    });
    losing = false;
    owner.restart();
    await stable(vet);
    expect(vet.pc.signalingState).toBe("stable");
    expect(vet.sections()).toHaveLength(4);
});

test("tracks find their section, before and after the first agreement", async () => {
    const { vet, owner } = makePair();
    const canvas = document.createElement("canvas");
    canvas.getContext("2d");
    const screen = canvas.captureStream().getVideoTracks()[0];
    const camera = canvas.captureStream().getVideoTracks()[0];
    owner.setTracks({ screen });
    vet.setTracks({ camera });
    connect(vet, owner);
    await Promise.all([stable(vet), stable(owner)]);
    await owner.receiving;
    expect(owner.sections()[2].sender.track).toBe(screen);
    expect(owner.sections()[1].sender.track).toBe(null);
    expect(vet.sections()[1].sender.track).toBe(camera);
    await vet.setTracks({});
    expect(vet.sections()[1].sender.track).toBe(null);
});
