import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, tick } from "@odoo/hoot-mock";
import { ApiError } from "@vet_teleconsult/core/api";
import { Signaling, socketUrl } from "@vet_teleconsult/room/rtc/signaling";

describe.current.tags("headless");

let sockets;

/** The browser's end of a socket whose other end the test plays. */
class ScriptedSocket {
    constructor() {
        this.readyState = 0;
        this.sent = [];
        sockets.push(this);
    }
    send(text) {
        this.sent.push(JSON.parse(text));
    }
    close() {
        this.readyState = 3;
    }
    serverOpens() {
        this.readyState = 1;
        this.onopen();
    }
    serverSends(frame) {
        this.onmessage({ data: JSON.stringify(frame) });
    }
    serverCloses(code) {
        this.readyState = 3;
        this.onclose({ code });
    }
    welcome(resume = "resume-1") {
        this.serverOpens();
        this.serverSends({ type: "welcome", self: { id: "vet-7", session: "s" }, resume, participants: [] });
    }
}

function makeSignaling(getTicket = async () => "ticket") {
    const signaling = new Signaling({ url: "wss://clinic.example/rooms/socket", getTicket, WebSocket: ScriptedSocket });
    signaling.on("status", (status) => expect.step(status));
    signaling.on("refused", ({ code }) => expect.step(`refused ${code}`));
    signaling.on("ended", ({ reason }) => expect.step(`ended ${reason}`));
    return signaling;
}

beforeEach(() => {
    sockets = [];
});

test("the sidecar's address becomes that of its socket", () => {
    expect(socketUrl("https://clinic.example/media-sidecar/")).toBe("wss://clinic.example/media-sidecar/rooms/socket");
    expect(socketUrl("http://localhost:8070")).toBe("ws://localhost:8070/rooms/socket");
});

test("the ticket travels in the first frame, never in the address", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    expect(sockets[0].sent[0]).toEqual({ type: "hello", v: 1, ticket: "ticket" });
    expect.verifySteps(["connecting", "open"]);
    signaling.stop();
    expect.verifySteps(["closed"]);
});

test("after a loss it comes back with its resume token", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome("resume-1");
    sockets[0].serverCloses(1006);
    await advanceTime(1000);
    sockets[1].serverOpens();
    expect(sockets[1].sent[0]).toEqual({ type: "hello", v: 1, resume: "resume-1" });
    expect.verifySteps(["connecting", "open", "waiting", "connecting"]);
    signaling.stop();
    expect.verifySteps(["closed"]);
});

test("a refused resume token is followed by a fresh ticket", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    sockets[0].serverCloses(4401);
    await advanceTime(1000);
    sockets[1].serverOpens();
    expect(sockets[1].sent[0].ticket).toBe("ticket");
    signaling.stop();
    expect.verifySteps(["connecting", "open", "waiting", "connecting", "closed"]);
});

test("it keeps trying for as long as the server is away", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    for (let attempt = 0; attempt < 12; attempt++) {
        sockets.at(-1).serverCloses(1006);
        await advanceTime(6500);
        expect(sockets).toHaveLength(attempt + 2);
    }
    signaling.stop();
    expect.verifySteps([...Array(12).fill(["connecting", "waiting"]).flat(), "connecting", "closed"]);
});

test("a link that has expired meanwhile is not tried for ever", async () => {
    const signaling = makeSignaling(async () => {
        throw new ApiError("link_expired");
    });
    signaling.start();
    await tick();
    expect.verifySteps(["connecting", "closed", "refused link_expired"]);
    expect(sockets).toHaveLength(0);
});

test("Odoo being away for a moment delays the entrance only", async () => {
    const answers = [new ApiError("offline"), "ticket"];
    const signaling = makeSignaling(async () => {
        const answer = answers.shift();
        if (answer instanceof ApiError) {
            throw answer;
        }
        return answer;
    });
    signaling.start();
    await tick();
    await advanceTime(1000);
    sockets[0].welcome();
    expect.verifySteps(["connecting", "waiting", "connecting", "open"]);
    signaling.stop();
    expect.verifySteps(["closed"]);
});

test("another tab of the same person takes over, and this one stays away", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    sockets[0].serverSends({ type: "ended", reason: "replaced" });
    sockets[0].serverCloses(4409);
    await advanceTime(20000);
    expect(sockets).toHaveLength(1);
    expect.verifySteps(["connecting", "open", "ended replaced", "closed"]);
});

test("a server that no longer answers is left and tried anew", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    await advanceTime(5000);
    expect(sockets[0].sent.at(-1)).toEqual({ type: "ping" });
    await advanceTime(20000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(sockets[0].readyState).toBe(3);
    signaling.stop();
    expect.verifySteps(["connecting", "open", "connecting", "closed"]);
});

test("hanging up says so before it closes", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    signaling.stop({ leave: true });
    expect(sockets[0].sent.at(-1)).toEqual({ type: "leave" });
    expect.verifySteps(["connecting", "open", "closed"]);
});

test("asked to check itself, a dead connection is left within seconds", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    await advanceTime(100);
    signaling.check();
    await advanceTime(3000);
    expect(sockets).toHaveLength(2);
    signaling.stop();
    expect.verifySteps(["connecting", "open", "connecting", "closed"]);
});

test("asked to check itself, a connection that answers is kept", async () => {
    const signaling = makeSignaling();
    signaling.start();
    await tick();
    sockets[0].welcome();
    await advanceTime(100);
    signaling.check();
    sockets[0].serverSends({ type: "pong" });
    await advanceTime(3000);
    expect(sockets).toHaveLength(1);
    signaling.stop();
    expect.verifySteps(["connecting", "open", "closed"]);
});
