import { describe, expect, test } from "@odoo/hoot";
import { Backoff } from "@vet_teleconsult/core/backoff";
import { LARGEST_CHUNK, SMALLEST_CHUNK, TusUpload } from "@vet_teleconsult/chat/uploader/tus_upload";
import { failureOf, FakeService, networkFailure, reply } from "./fake_service";

describe.current.tags("desktop");

const SIZE = LARGEST_CHUNK + 1000;

function makeUpload({ size = SIZE, service = new FakeService(), renew, file, digest } = {}) {
    const waits = [];
    const upload = new TusUpload({
        file: file || new File([crypto.getRandomValues(new Uint8Array(1000)), new Uint8Array(size - 1000)], "a.mp4"),
        filename: "Röntgen.mp4",
        mime: "video/mp4",
        access: { url: "https://media.example/sidecar/uploads", ticket: "ticket-1" },
        renew: renew || (async () => expect.step("renewed")),
        send: service.send,
        digest: digest || (async () => null),
        backoff: new Backoff({ jitter: 0 }),
        wait: async (milliseconds, signal) => {
            waits.push(milliseconds);
            signal?.throwIfAborted();
        },
    });
    return { upload, service, waits };
}

const offsets = (service) =>
    service.requests.filter(({ method }) => method === "PATCH").map(({ headers }) => Number(headers["Upload-Offset"]));

test("a file is created once and sent in pieces of eight megabytes", async () => {
    const { upload, service } = makeUpload();
    await upload.run();
    expect(service.methods()).toEqual(["POST", "PATCH", "PATCH"]);
    expect(offsets(service)).toEqual([0, LARGEST_CHUNK]);
    expect(service.size).toBe(SIZE);
    const sent = new Uint8Array(await upload.file.arrayBuffer());
    expect(service.content.every((byte, position) => byte === sent[position])).toBe(true);
});

test("the creation says name and type, in Base64", async () => {
    const { upload, service } = makeUpload();
    await upload.run();
    const { headers, url } = service.requests[0];
    expect(url).toBe("https://media.example/sidecar/uploads");
    expect(headers["Upload-Metadata"]).toBe("filename UsO2bnRnZW4ubXA0,filetype dmlkZW8vbXA0");
    expect(headers["Tus-Resumable"]).toBe("1.0.0");
});

test("pieces go where the service says, behind a proxy's prefix too", async () => {
    const { upload, service } = makeUpload();
    await upload.run();
    expect(service.requests[1].url).toBe("https://media.example/sidecar/uploads/key");
});

test("each piece carries its SHA-256", async () => {
    const digest = async (bytes) => new Uint8Array(bytes).slice(0, 3).buffer;
    const { upload, service } = makeUpload({ file: new File(["abcdef"], "a.mp4"), digest });
    await upload.run();
    expect(service.requests[1].headers["Upload-Checksum"]).toBe("sha256 YWJj");
});

test("a page that cannot compute checksums sends without", async () => {
    const { upload, service } = makeUpload({ size: 1000 });
    await upload.run();
    expect("Upload-Checksum" in service.requests[1].headers).toBe(false);
});

test("what is there already is not sent again", async () => {
    const service = new FakeService();
    service.pieces.push(new Uint8Array(600));
    const { upload } = makeUpload({ size: 1000, service });
    await upload.run();
    expect(offsets(service)).toEqual([600]);
});

test("after a network failure it asks where to go on", async () => {
    const { upload, service, waits } = makeUpload();
    service.answers.push(undefined, undefined, networkFailure());
    await upload.run();
    expect(service.methods()).toEqual(["POST", "PATCH", "PATCH", "HEAD", "PATCH"]);
    expect(waits).toEqual([500]);
});

test("it never gives up, and asks less and less often", async () => {
    const { upload, service, waits } = makeUpload({ size: 1000 });
    service.answers.push(...Array.from({ length: 50 }, networkFailure));
    await upload.run();
    expect(waits.length).toBe(50);
    expect(waits.at(-1)).toBe(5000);
    expect(service.offset).toBe(1000);
});

test("pieces shrink with failures and grow again", async () => {
    const { upload, service } = makeUpload({ size: 2 * SMALLEST_CHUNK + 2 * LARGEST_CHUNK });
    service.answers.push(undefined, ...Array.from({ length: 10 }, networkFailure));
    await upload.run();
    const sizes = service.requests.filter(({ method }) => method === "PATCH").map(({ body }) => body.byteLength);
    expect(sizes.slice(1, 4)).toEqual([SMALLEST_CHUNK, 2 * SMALLEST_CHUNK, 4 * SMALLEST_CHUNK]);
});

test("a conflict takes the service's place in the file", async () => {
    const { upload, service } = makeUpload();
    service.answers.push(undefined, (request) => {
        service.PATCH(request);
        return reply(409, { headers: { "Upload-Offset": String(service.offset) } });
    });
    await upload.run();
    expect(offsets(service)).toEqual([0, LARGEST_CHUNK]);
    expect(service.offset).toBe(SIZE);
});

test("conflicts without an end are not hammered", async () => {
    const { upload, service, waits } = makeUpload({ size: 1000 });
    const take = service.PATCH;
    let conflicts = 0;
    service.PATCH = (request) => {
        conflicts += 1;
        return conflicts <= 4 ? reply(409, { headers: { "Upload-Offset": "0" } }) : take.call(service, request);
    };
    await upload.run();
    expect(waits.length).toBe(3);
    expect(service.offset).toBe(1000);
});

test("an expired ticket is renewed and the same request sent again", async () => {
    const service = new FakeService();
    service.tickets = new Set(["ticket-2"]);
    const renew = async () => {
        expect.step("renewed");
        return { url: "https://media.example/sidecar/uploads", ticket: "ticket-2" };
    };
    const { upload } = makeUpload({ size: 1000, service, renew });
    await upload.run();
    expect.verifySteps(["renewed"]);
    expect(service.methods()).toEqual(["POST", "POST", "PATCH"]);
});

test("a fresh ticket that is refused too ends with the service's sentence", async () => {
    const service = new FakeService();
    service.tickets = new Set();
    const { upload } = makeUpload({
        service,
        renew: async () => ({ url: "https://media.example/u", ticket: "ticket-2" }),
    });
    expect((await failureOf(upload.run())).sentence).toBe("Expired.");
});

for (const status of [423, 429, 460, 500, 503]) {
    test(`${status} is tried again`, async () => {
        const { upload, service } = makeUpload({ size: 1000 });
        service.answers.push(undefined, status);
        await upload.run();
        expect(service.offset).toBe(1000);
    });
}

for (const status of [400, 403, 413, 415, 422, 507]) {
    test(`${status} ends with what the service says`, async () => {
        const { upload, service } = makeUpload({ size: 1000 });
        service.answers.push(undefined, { status, body: { code: "wrong_type", message: "Not this." } });
        const { code, sentence } = await failureOf(upload.run());
        expect([code, sentence]).toEqual(["wrong_type", "Not this."]);
    });
}

test("an upload that the service has forgotten begins anew", async () => {
    const { upload, service } = makeUpload({ size: 1000 });
    service.answers.push(undefined, networkFailure(), 404);
    await upload.run();
    expect(service.methods()).toEqual(["POST", "PATCH", "HEAD", "POST", "PATCH"]);
});

test("a page in the service's place is no answer", async () => {
    const { upload, service, waits } = makeUpload({ size: 1000 });
    service.answers.push(undefined, { status: 200, body: "Log in to the hotel's network" });
    await upload.run();
    expect(waits.length).toBe(1);
    expect(service.offset).toBe(1000);
});

test("a file that cannot be read any more says so, and does not count as a dead network", async () => {
    const { upload } = makeUpload({
        file: {
            size: 1000,
            slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("x", "NotReadableError")) }),
        },
    });
    expect((await failureOf(upload.run())).code).toBe("unreadable");
});

test("paused in the middle, it goes on from where the service is", async () => {
    const { upload, service } = makeUpload();
    const abort = new AbortController();
    service.answers.push(undefined, undefined, () => {
        abort.abort();
        throw new DOMException("Paused", "AbortError");
    });
    expect((await failureOf(upload.run(abort.signal))).name).toBe("AbortError");
    upload.offset = null;
    await upload.run();
    expect(service.methods().slice(3)).toEqual(["HEAD", "PATCH"]);
});

test("progress counts what has left", async () => {
    const { upload } = makeUpload();
    const seen = [];
    upload.on("progress", (sent) => seen.push(sent));
    await upload.run();
    expect(seen[0]).toBe(0);
    expect(seen).toInclude(LARGEST_CHUNK);
    expect(seen.at(-1)).toBe(SIZE);
});
