import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { checkDevices } from "@vet_teleconsult/room/device_check/check_devices";
import { DeviceCheck } from "@vet_teleconsult/room/device_check/device_check";
import { checkNetwork, checkService } from "@vet_teleconsult/room/rtc/network_check";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const TURN = [{ urls: ["stun:t.example", "turn:t.example"], username: "u", credential: "c" }];

/** A connection that gathers these candidates; `null` ends the gathering. */
function gathering(...candidates) {
    return class {
        constructor(options) {
            expect.step(options.iceTransportPolicy);
        }
        createDataChannel() {}
        async createOffer() {
            return {};
        }
        async setLocalDescription() {
            for (const candidate of candidates) {
                this.onicecandidate({ candidate: candidate && { candidate } });
            }
        }
        close() {
            expect.step("closed");
        }
    };
}

test("a relay that gives an address is reached", async () => {
    const RTCPeerConnection = gathering("candidate:1 1 udp 1 192.0.2.1 5 typ relay raddr 0.0.0.0 rport 0");
    expect(await checkNetwork(TURN, { RTCPeerConnection })).toBe("relay");
    expect.verifySteps(["relay", "closed"]);
});

test("a relay that gives no address is not reached", async () => {
    expect(await checkNetwork(TURN, { RTCPeerConnection: gathering(null) })).toBe("no-relay");
    expect.verifySteps(["relay", "closed"]);
});

test("a relay that says nothing is not waited for for ever", async () => {
    const answer = checkNetwork(TURN, { RTCPeerConnection: gathering(), patience: 3000 });
    await advanceTime(3000);
    expect(await answer).toBe("no-relay");
    expect.verifySteps(["relay", "closed"]);
});

test("where there is no relay none is asked", async () => {
    expect(await checkNetwork([{ urls: "stun:t.example" }], { RTCPeerConnection: gathering() })).toBe("direct");
    expect.verifySteps([]);
});

test("a video service that cannot be reached is said", async () => {
    const asked = async (url) => expect.step(url);
    expect(await checkService("https://clinic.example/media/", asked)).toBe("ok");
    expect.verifySteps(["https://clinic.example/media/health"]);
    expect(await checkService("https://clinic.example", () => Promise.reject(new TypeError()))).toBe("failed");
});

async function found(problems, speakers = [{ id: "1" }]) {
    const { camera, microphone, speaker } = await checkDevices({
        devices: { problems, lists: { speakers } },
        bootstrap: { ice_servers: [], sidecar: { url: "https://nowhere.invalid" } },
    });
    return { camera, microphone, speaker };
}

test("what a browser says of a device is told in Odoo's words", async () => {
    expect(await found({ camera: "in-use", microphone: null })).toEqual({
        camera: "in-use",
        microphone: "ok",
        speaker: "ok",
    });
    expect((await found({ camera: "overconstrained", microphone: "denied" })).camera).toBe("failed");
});

test("of a person who lets a page use no microphone nobody knows whether there is a speaker", async () => {
    expect((await found({ camera: "denied", microphone: "denied" }, [])).speaker).toBe("unknown");
});

test("everything that works is ticked", async () => {
    await mountWithoutWebClient(DeviceCheck, {
        result: { camera: "ok", microphone: "ok", speaker: "unknown", network: "relay", service: "ok" },
    });
    expect(".o_vet_check__item--good").toHaveCount(4);
    expect("[data-test=notice]").toHaveCount(0);
});

test("a network without relay comes with advice", async () => {
    await mountWithoutWebClient(DeviceCheck, {
        result: { camera: "ok", microphone: "denied", speaker: "ok", network: "no-relay", service: "ok" },
    });
    expect("[data-test=check-microphone]").toHaveClass("o_vet_check__item--bad");
    expect("[data-test=check-network]").toHaveClass("o_vet_check__item--bad");
    expect("[data-notice=network]").toHaveText(/mobile data/);
});

test("while it is being found out nothing is promised", async () => {
    await mountWithoutWebClient(DeviceCheck, { result: null });
    expect("[data-value=checking]").toHaveCount(4);
    expect(".o_vet_check__item--good").toHaveCount(0);
});
