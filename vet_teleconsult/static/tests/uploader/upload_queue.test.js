import { after, beforeEach, describe, expect, test } from "@odoo/hoot";
import { waitUntil as waitShortlyUntil } from "@odoo/hoot-dom";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { clip, FakeApi, FakeService, FakeStore, makeQueue, MB, networkFailure, reply } from "./fake_service";

describe.current.tags("desktop");

beforeEach(() => allowTranslations());

/** A busy machine takes longer than a moment. */
const waitUntil = (condition) => waitShortlyUntil(condition, { timeout: 14000 });

function start(options) {
    const made = makeQueue(options);
    after(() => made.queue.close());
    return { ...made, is: (status, index = 0) => waitUntil(() => made.items[index]?.status === status) };
}

/** A service that answers when it is told to. */
function heldService() {
    const service = new FakeService();
    const held = [];
    const { send } = service;
    service.send = (request) =>
        request.method === "PATCH" ? new Promise((resolve) => held.push(() => resolve(send(request)))) : send(request);
    return { service, held };
}

test("a file is announced, sent and checked; done is what Odoo says", async () => {
    const { queue, api, service, store, items, is } = start();
    const [id] = queue.add([clip(1000)], { origin: "camera", caption: "Left hind leg" });
    await is("checking");
    const media = api.media_.get(1);
    expect(media.client_key).toBe(id);
    expect([media.filename, media.size, media.mime, media.kind]).toEqual(["limping.mp4", 1000, "video/mp4", "video"]);
    expect([media.origin, media.caption]).toEqual(["camera", "Left hind leg"]);
    expect("parent_id" in media).toBe(false);
    expect(service.offset).toBe(1000);
    queue.mediaChanged({ id: 1, state: "processing" });
    expect(items[0].status).toBe("done");
    expect(store.forgotten.map(([forgotten]) => forgotten)).toInclude(id);
});

test("three at once, the others in their turn", async () => {
    const held = [];
    const send = async ({ method }) =>
        method === "POST"
            ? reply(201, { headers: { Location: "uploads/key", "Upload-Offset": "0" } })
            : new Promise((resolve) => held.push(() => resolve(reply(204, { headers: { "Upload-Offset": "1000" } }))));
    const { queue, items } = start({ service: { send } });
    queue.add(Array.from({ length: 5 }, (_, number) => clip(1000, `${number}.mp4`)));
    await waitUntil(() => held.length === 3);
    expect(items.map(({ status }) => status)).toEqual([...Array(3).fill("uploading"), "queued", "queued"]);
    held.shift()();
    await waitUntil(() => held.length === 3);
    expect(items[3].status).toBe("uploading");
    expect(items[4].status).toBe("queued");
});

test("what cannot be sent fails with a sentence before Odoo hears of it", async () => {
    const { queue, api, items, is } = start();
    queue.add([new File([], "empty.mp4", { type: "video/mp4" })]);
    await is("failed");
    expect(items[0].problem).toMatch(/This file is empty/);
    expect(items[0].retryable).toBe(false);
    expect(api.asked).toEqual([]);
});

test("a paused file rests, keeps its place in the store, and goes on", async () => {
    const { service, held } = heldService();
    const { queue, store, items, is } = start({ service });
    const [id] = queue.add([clip(1000)]);
    await waitUntil(() => held.length === 1);
    queue.pause(id);
    expect(items[0].status).toBe("paused");
    await waitUntil(() => store.records.get(id)?.paused);
    queue.resume(id);
    await waitUntil(() => held.length === 2);
    held[1]();
    await is("checking");
    expect(store.forgotten.length).toBe(1);
});

test("while there is no network it says so", async () => {
    const service = new FakeService();
    const network = {};
    network.back = new Promise((resolve) => (network.restore = resolve));
    service.answers.push(undefined, networkFailure());
    const { queue, is } = start({
        service,
        wait: () => network.back.then(() => new Promise((resolve) => setTimeout(resolve, 50))),
    });
    queue.add([clip(1000)]);
    await is("waiting");
    expect(service.offset).toBe(0);
    network.restore();
    await is("checking");
    expect(service.offset).toBe(1000);
});

test("Odoo away is waited for like the network", async () => {
    const api = new FakeApi();
    api.refusals.upload = ["offline"];
    let waits = 0;
    const { queue, is } = start({
        api,
        wait: async () => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            waits += 1;
            if (waits === 3) {
                delete api.refusals.upload;
            }
        },
    });
    queue.add([clip(1000)]);
    await is("checking");
    expect(api.of("upload")).toEqual([1, 1, 1, 1]);
});

test("a refusal of Odoo's is shown in its words; trying again is possible", async () => {
    const api = new FakeApi();
    api.refusals.upload = ["chat_locked", "This conversation is closed.", "Call the clinic."];
    const { queue, items, is } = start({ api });
    const [id] = queue.add([clip(1000)]);
    await is("failed");
    expect(items[0].problem).toBe("This conversation is closed. Call the clinic.");
    expect(items[0].retryable).toBe(true);
    api.refusals = {};
    queue.retry(id);
    await is("checking");
});

test("what the media service refuses for good is forgotten by the browser, and cannot be tried again", async () => {
    const service = new FakeService();
    service.answers.push(undefined, { status: 422, body: { code: "dangerous", message: "No." } });
    const { queue, items, store, is } = start({ service });
    queue.add([clip(1000)]);
    await is("failed");
    expect(items[0].problem).toBe("Files that can run programs cannot be sent here.");
    expect(items[0].retryable).toBe(false);
    expect(store.forgotten.length).toBe(1);
});

test("an unknown refusal is shown in the service's words", async () => {
    const service = new FakeService();
    service.answers.push(undefined, { status: 400, body: { code: "new_rule", message: "Not on Sundays." } });
    const { queue, items, is } = start({ service });
    queue.add([clip(1000)]);
    await is("failed");
    expect(items[0].problem).toBe("Not on Sundays.");
});

test("a media that the service has let go of becomes a new one when tried again", async () => {
    const service = new FakeService();
    service.answers.push({ status: 410, body: { code: "gone", message: "Gone." } });
    const { queue, api, is } = start({ service });
    const [id] = queue.add([clip(1000)]);
    await is("failed");
    queue.retry(id);
    await is("checking");
    expect(api.of("upload")).toEqual([1, 2]);
});

test("a cancelled file leaves the list at once and Odoo as soon as it can be told", async () => {
    const { service, held } = heldService();
    const { queue, api, items, store } = start({ service });
    const [id] = queue.add([clip(1000)]);
    await waitUntil(() => held.length === 1);
    api.refusals.cancelUpload = ["offline"];
    queue.cancel(id);
    expect(items.length).toBe(0);
    await waitUntil(() => api.of("cancelUpload").length >= 3);
    expect(store.records.get(id).cancelled).toBe(true);
    delete api.refusals.cancelUpload;
    await waitUntil(() => !store.records.has(id));
    expect(store.forgotten).toEqual([[id, { arrived: false }]]);
});

test("a file cancelled while Odoo has not answered yet is taken back when it does", async () => {
    const api = new FakeApi();
    const answers = [];
    const upload = api.upload.bind(api);
    api.upload = (values) => new Promise((resolve) => answers.push(() => resolve(upload(values))));
    const { queue } = start({ api });
    const [id] = queue.add([clip(1000)]);
    await waitUntil(() => answers.length === 1);
    queue.cancel(id);
    expect(api.of("cancelUpload")).toEqual([]);
    answers[0]();
    await waitUntil(() => api.of("cancelUpload").length === 1);
    expect(api.of("cancelUpload")).toEqual([1]);
});

test("a failure on the clinic's side is tried again there, not sent again", async () => {
    const { queue, api, service, items, is } = start();
    const [id] = queue.add([clip(1000)]);
    await is("checking");
    queue.mediaChanged({ id: 1, state: "failed", problem: "The store was away.", retryable: true });
    expect([items[0].status, items[0].problem, items[0].retryable]).toEqual(["failed", "The store was away.", true]);
    const requests = service.requests.length;
    queue.retry(id);
    await is("done");
    expect(api.of("retryMedia")).toEqual([1]);
    expect(service.requests.length).toBe(requests);
});

test("a file that was deleted elsewhere leaves the list", async () => {
    const { queue, items, is } = start();
    queue.add([clip(1000)]);
    await is("checking");
    queue.mediaChanged({ id: 1, state: "deleted" });
    expect(items.length).toBe(0);
});

test("Odoo is asked where no live update comes", async () => {
    const { queue, api, items, is } = start();
    queue.add([clip(1000)]);
    await waitUntil(() => api.of("media").length >= 2);
    expect(items[0].status).toBe("checking");
    api.media_.get(1).state = "ready";
    await is("done");
});

test("a row goes by itself after a while; the next files push it out", async () => {
    const { queue, items, is } = start({ lingering: 100000 });
    queue.add([clip(1000, "first.mp4")]);
    await is("checking");
    queue.mediaChanged({ id: 1, state: "ready" });
    queue.add([clip(1000, "second.mp4")]);
    expect(items.map(({ name }) => name)).toEqual(["second.mp4"]);
});

// ------------------------------------------------------------ after a reload

const record = (values = {}) => ({
    id: "old",
    name: "limping.mp4",
    size: 1000,
    mime: "video/mp4",
    kind: "video",
    lastModified: 5,
    options: { origin: "file" },
    clientKey: "old",
    mediaId: 4,
    paused: false,
    cancelled: false,
    createdAt: Date.now(),
    ...values,
});

function storeWith(values, file = clip(1000)) {
    const store = new FakeStore([record(values)]);
    if (file) {
        store.files.set("old", file);
    }
    return store;
}

function apiWith(media) {
    const api = new FakeApi();
    api.media_.set(media.id, { state: "uploading", ...media });
    return api;
}

test("what an earlier page began goes on with a fresh ticket", async () => {
    const { queue, api, service, is } = start({ store: storeWith(), api: apiWith({ id: 4 }) });
    await queue.restore([{ id: 4, name: "limping.mp4", size: 1000, state: "uploading" }]);
    await is("checking");
    expect(api.of("upload")).toEqual([]);
    expect(api.of("uploadTicket")).toEqual([4]);
    expect(service.offset).toBe(1000);
});

test("what had arrived although nobody heard of it is done", async () => {
    const api = apiWith({ id: 4, state: "processing" });
    api.refusals.uploadTicket = ["invalid", "This file is not being sent."];
    const { queue, service, is } = start({ store: storeWith(), api });
    await queue.restore([]);
    await is("done");
    expect(service.requests).toEqual([]);
});

test("what was paused stays paused", async () => {
    const { queue, items } = start({ store: storeWith({ paused: true }), api: apiWith({ id: 4 }) });
    await queue.restore([]);
    expect(items[0].status).toBe("paused");
});

test("what was cancelled is taken back from Odoo at last", async () => {
    const { queue, api, items } = start({ store: storeWith({ cancelled: true }), api: apiWith({ id: 4 }) });
    await queue.restore([]);
    await waitUntil(() => api.of("cancelUpload").length === 1);
    expect(items.length).toBe(0);
});

test("a file that the browser could not keep is asked for, and no other taken", async () => {
    const { queue, items, service, is } = start({ store: storeWith({}, null), api: apiWith({ id: 4 }) });
    await queue.restore([]);
    expect(items[0].status).toBe("needs-file");
    queue.chooseAgain("old", clip(999));
    expect(items[0].problem).toMatch(/“limping.mp4” with 1 kB is needed/);
    expect(items[0].status).toBe("needs-file");
    queue.chooseAgain("old", clip(1000));
    await is("checking");
    expect(service.offset).toBe(1000);
});

test("a file renamed since is known by its size and its time", async () => {
    const { queue, service, is } = start({ store: storeWith({}, null), api: apiWith({ id: 4 }) });
    await queue.restore([]);
    queue.chooseAgain("old", clip(1000, "IMG_0007.mp4"));
    await is("checking");
    expect(service.offset).toBe(1000);
});

test("what was begun on another device asks for the file, until it arrives from there", async () => {
    const { queue, items, is } = start({ api: apiWith({ id: 9 }) });
    const media = { id: 9, name: "gait.mov", size: 2 * MB, mime: "video/quicktime", kind: "video", state: "uploading" };
    await queue.restore([media]);
    expect([items[0].status, items[0].name, items[0].mediaId]).toEqual(["needs-file", "gait.mov", 9]);
    queue.mediaChanged({ id: 9, state: "processing" });
    await is("done");
});

test("a file that changed while it was being sent is taken from the browser's copy", async () => {
    const broken = clip(1000);
    const { queue, service, store, is } = start();
    service.POST_ = service.POST;
    service.POST = (request) => {
        broken.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")) });
        store.files.set([...store.records.keys()][0], clip(1000));
        return service.POST_(request);
    };
    queue.add([broken]);
    await is("checking");
    expect(service.offset).toBe(1000);
});

test("a file that changed and that nobody kept has to be chosen again", async () => {
    const broken = clip(1000);
    const store = new FakeStore();
    store.keepFile = async () => false;
    const { queue, service, items, is } = start({ store });
    service.answers.push(() => {
        broken.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")) });
        return service.POST(service.requests[0]);
    });
    queue.add([broken]);
    await is("needs-file");
    expect(items[0].problem).toMatch(/changed, moved or deleted/);
    expect(items[0].kept).toBe("name");
});
