import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { waitUntil } from "@odoo/hoot-dom";
import { advanceTime, tick } from "@odoo/hoot-mock";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { ApiError } from "@vet_teleconsult/core/json_api";
import {
    FakeApi,
    FakeLive,
    FakeMemory,
    makeInfo,
    makeMedia,
    makeMessage,
    makeOwnMessage,
    makeStore,
} from "./fake_chat";

describe.current.tags("headless");

beforeEach(() => allowTranslations());

const ids = (messages) => messages.map(({ id }) => id);
const range = (count, first = 1) => Array.from({ length: count }, (_, index) => makeMessage(first + index));

async function openStore(options = {}) {
    const made = makeStore(options);
    await made.store.open();
    const live = new FakeLive();
    made.store.follow(live);
    return { ...made, live };
}

// ------------------------------------------------------------------- opening

test("a chat that is opened shows its last messages, and whether there are more", async () => {
    const { state, store } = await openStore({ api: new FakeApi({ messages: range(120) }) });
    expect(state.status).toBe("ready");
    expect(ids(state.messages)).toEqual(ids(range(50, 71)));
    expect(state.more).toBe(true);
    store.close();
});

test("while Odoo is away the page says so, and opens the chat when it is back", async () => {
    const api = new FakeApi({ messages: range(2) });
    api.failure = new ApiError("offline");
    const { state, store } = await openStore({ api });
    expect(state.status).toBe("failed");
    expect(state.problem.nextStep).toMatch(/keep trying/);
    api.failure = null;
    await advanceTime(3000);
    expect(state.status).toBe("ready");
    store.close();
});

test("a link that was revoked is said in the server's words, and not tried again", async () => {
    const api = new FakeApi();
    api.failure = new ApiError("link_revoked", "This link is no longer valid.", "Ask for a new one.");
    const { state, store } = await openStore({ api });
    await advanceTime(60000);
    expect(state.problem).toEqual({
        code: "link_revoked",
        text: "This link is no longer valid.",
        nextStep: "Ask for a new one.",
    });
    expect(api.of("open")).toHaveLength(1);
    store.close();
});

// ------------------------------------------- answers that come late

/** A chat with one clip that is being prepared; Odoo's next answer is kept back, as it was, until `let go`. */
function makeSlow() {
    const message = makeMessage(1, { media: [makeMedia(5, { state: "processing" })] });
    const made = makeStore({ api: new FakeApi({ messages: [message] }) });
    const live = new FakeLive();
    made.store.follow(live);
    const gate = Promise.withResolvers();
    const delay = (name) => {
        const ask = made.api[name].bind(made.api);
        made.api[name] = async (...values) => {
            const answer = await ask(...values);
            await gate.promise;
            return answer;
        };
    };
    return { ...made, live, delay, letGo: gate.resolve };
}

test("what is told while the chat opens is not lost", async () => {
    const { state, store, live, delay, letGo } = makeSlow();
    delay("open");
    const opened = store.open();
    await tick();
    live.tell("media", { media: makeMedia(5), message_id: 1 });
    letGo();
    await opened;
    expect(state.messages[0].media[0].state).toBe("ready");
    store.close();
});

test("an answer that is older than what was told meanwhile does not take it back", async () => {
    const { state, store, live, delay, letGo } = makeSlow();
    await store.open();
    delay("open");
    const synced = store.sync();
    await tick();
    live.tell("media", { media: makeMedia(5), message_id: 1 });
    letGo();
    await synced;
    expect(state.messages[0].media[0].state).toBe("ready");
    store.close();
});

// ------------------------------------------------------------------ messages

test("a message that comes in live stands behind the others", async () => {
    const { state, live, store } = await openStore({ api: new FakeApi({ messages: range(2) }) });
    live.tell("message", { message: makeMessage(3) });
    expect(ids(state.messages)).toEqual([1, 2, 3]);
    store.close();
});

test("a message that came twice stands there once", async () => {
    const { state, live, store } = await openStore({ api: new FakeApi({ messages: range(2) }) });
    live.tell("message", { message: makeMessage(3) });
    live.tell("message", { message: makeMessage(3) });
    expect(ids(state.messages)).toEqual([1, 2, 3]);
    store.close();
});

test("a message of another chat is none of ours", async () => {
    const { state, live, store } = await openStore({ api: new FakeApi({ messages: range(2) }) });
    live.tell("message", { chat_id: 8, message: makeMessage(3) });
    expect(ids(state.messages)).toEqual([1, 2]);
    store.close();
});

test("a message that was written before another but became readable after it takes its place", async () => {
    const { state, live, store } = await openStore({
        api: new FakeApi({ messages: [makeMessage(3), makeMessage(5)] }),
    });
    live.tell("message", { message: makeMessage(4) });
    expect(ids(state.messages)).toEqual([3, 4, 5]);
    store.close();
});

test("going back loads older messages until there are none", async () => {
    const { state, store, api } = await openStore({ api: new FakeApi({ messages: range(220) }) });
    await store.loadOlder();
    expect(state.messages).toHaveLength(150);
    await store.loadOlder();
    expect(ids(state.messages)).toEqual(ids(range(220)));
    expect(state.more).toBe(false);
    await store.loadOlder();
    expect(api.of("messages")).toHaveLength(2);
    store.close();
});

test("older messages that could not be loaded are there at the second try", async () => {
    const api = new FakeApi({ messages: range(60) });
    const { state, store } = await openStore({ api });
    api.failure = new ApiError("timeout");
    await store.loadOlder();
    expect(state.older).toBe("failed");
    api.failure = null;
    await store.loadOlder();
    expect(state.older).toBe("");
    expect(state.messages).toHaveLength(60);
    store.close();
});

test("one's own messages are known by their author, whoever was told of them", async () => {
    const { state, live, store } = await openStore();
    live.tell("message", { message: makeOwnMessage(1, { mine: undefined }) });
    live.tell("message", { message: makeMessage(2, { mine: undefined }) });
    expect(state.messages.map(({ mine }) => mine)).toEqual([true, false]);
    store.close();
});

// ---------------------------------------------------------------- a lost bus

test("after a loss of the live connection nothing is missing, however much came in", async () => {
    const api = new FakeApi({ messages: range(10) });
    const { state, store, live } = await openStore({ api });
    live.emit("status", "closed");
    api.stored = range(400);
    live.emit("status", "open");
    await waitUntil(() => state.messages.length === 400);
    expect(ids(state.messages)).toEqual(ids(range(400)));
    store.close();
});

test("nothing is missing behind one's own message either, which came before what others had written", async () => {
    const api = new FakeApi({ messages: range(3) });
    api.answers.push(makeOwnMessage(105));
    const { state, store, live } = await openStore({ api });
    live.emit("status", "closed");
    store.send("mine");
    await tick();
    api.stored = [...range(104), makeOwnMessage(105)];
    live.emit("status", "open");
    await waitUntil(() => state.messages.length === 105);
    expect(ids(state.messages)).toEqual(ids(range(105)));
    store.close();
});

test("while the live connection is away, news are asked for", async () => {
    const api = new FakeApi({ messages: range(3) });
    const { state, store, live } = await openStore({ api });
    live.emit("status", "closed");
    api.stored = range(4);
    await advanceTime(11000);
    expect(ids(state.messages)).toEqual([1, 2, 3, 4]);
    expect(state.liveDown).toBe(true);
    live.emit("status", "open");
    expect(state.liveDown).toBe(false);
    store.close();
});

test("a short loss of the live connection is nobody's concern", async () => {
    const { state, store, live } = await openStore();
    live.emit("status", "closed");
    await advanceTime(2000);
    live.emit("status", "open");
    await advanceTime(20000);
    expect(state.liveDown).toBe(false);
    store.close();
});

test("a file that was worked on when the connection was lost is asked about when it is back", async () => {
    const working = makeMedia(5, { state: "processing", url: null });
    const api = new FakeApi({ messages: [makeMessage(1, { media: [working] }), ...range(60, 2)], page: 100 });
    const { state, store } = await openStore({ api });
    api.page = 50;
    api.info.files = { 5: makeMedia(5) };
    await store.sync();
    expect(state.messages[0].media[0].state).toBe("ready");
    store.close();
});

// ------------------------------------------------------------------ outgoing

test("a message that Odoo has taken stands in the thread once", async () => {
    const api = new FakeApi();
    api.answers.push(makeOwnMessage(3, { client_key: "k" }));
    const { state, store, live } = await openStore({ api });
    store.send("Hello");
    await tick();
    live.tell("message", { message: makeOwnMessage(3) });
    expect(state.messages.map(({ id, mine }) => [id, mine])).toEqual([[3, true]]);
    expect(state.outgoing).toEqual([]);
    store.close();
});

test("while Odoo is away a message waits, and goes out with the same key when it is back", async () => {
    const api = new FakeApi();
    api.answers.push(new ApiError("offline"), makeOwnMessage(3));
    const { state, store } = await openStore({ api });
    store.send("Hello");
    await tick();
    expect(state.outgoing[0].status).toBe("pending");
    await advanceTime(3000);
    expect(state.outgoing).toEqual([]);
    const [[, first], [, second]] = api.of("message");
    expect(first).toBe(second);
    store.close();
});

test("messages go out in the order in which they were written", async () => {
    const api = new FakeApi();
    api.answers.push(new ApiError("timeout"), makeOwnMessage(1), makeOwnMessage(2));
    const { state, store } = await openStore({ api });
    store.send("one");
    store.send("two");
    await tick();
    await advanceTime(3000);
    await waitUntil(() => state.outgoing.length === 0);
    expect(api.of("message").map(([body]) => body)).toEqual(["one", "one", "two"]);
    store.close();
});

test("what waits survives a reload", async () => {
    const memory = new FakeMemory();
    const api = new FakeApi();
    api.answers.push(new ApiError("offline"));
    const before = await openStore({ api, memory });
    before.store.send("Hello");
    await tick();
    before.store.close();
    const again = new FakeApi();
    again.answers.push(makeOwnMessage(3));
    const { state, store } = await openStore({ api: again, memory });
    await tick();
    expect(again.of("message")[0][0]).toBe("Hello");
    expect(ids(state.messages)).toEqual([3]);
    expect(memory.get("outgoing")).toBe(null);
    store.close();
});

test("what waits in another tab is not forgotten by this one", async () => {
    const memory = new FakeMemory();
    const offline = () => {
        const api = new FakeApi();
        api.answers.push(new ApiError("offline"));
        return api;
    };
    const one = await openStore({ api: offline(), memory });
    const other = await openStore({ api: offline(), memory });
    one.store.send("from one");
    other.store.send("from the other");
    await tick();
    expect(memory.get("outgoing").map(({ body }) => body)).toEqual(["from one", "from the other"]);
    one.store.close();
    other.store.close();
});

test("a locked chat refuses the message, which is not lost, and locks the thread", async () => {
    const api = new FakeApi();
    api.answers.push(new ApiError("chat_locked", "The chat is locked."));
    const { state, store } = await openStore({ api });
    store.send("Hello");
    await tick();
    expect(state.outgoing[0].status).toBe("failed");
    expect(state.outgoing[0].problem).toBe("The chat is locked.");
    expect(store.canWrite).toBe(false);
    store.close();
});

// ------------------------------------------------------ state, typing, reads

test("locking and opening reaches the owner at once; a vet goes on writing", async () => {
    const owner = await openStore();
    owner.live.tell("chat", { state: "locked", ended_at: null });
    expect(owner.store.canWrite).toBe(false);
    owner.live.tell("chat", { state: "open", ended_at: null });
    expect(owner.store.canWrite).toBe(true);
    const participant = { id: "vet-2", role: "vet", name: "Dr. Vera Meier" };
    const vet = await openStore({ api: new FakeApi({ info: makeInfo({ participant }) }) });
    vet.live.tell("chat", { state: "locked", ended_at: null });
    expect(vet.store.canWrite).toBe(true);
    owner.store.close();
    vet.store.close();
});

test("what follows from the end of a chat is asked for", async () => {
    const api = new FakeApi();
    const { state, store, live } = await openStore({ api });
    api.info = makeInfo({
        ended_at: "2026-05-01T12:00:00Z",
        transcripts: [{ id: 1, version: 1, date: "", url: "/t" }],
    });
    live.tell("chat", { state: "open", ended_at: "2026-05-01T12:00:00Z" });
    expect(state.chat.ended_at).toBe("2026-05-01T12:00:00Z");
    await advanceTime(500);
    expect(state.chat.transcripts).toHaveLength(1);
    store.close();
});

test("who writes is said until their message is there", async () => {
    const { state, store, live } = await openStore();
    live.tell("typing", { participant: "vet-2", role: "vet", name: "Dr. Vera Meier", typing: true });
    expect(state.typing.map(({ name }) => name)).toEqual(["Dr. Vera Meier"]);
    live.tell("message", { message: makeMessage(1) });
    expect(state.typing).toEqual([]);
    store.close();
});

test("somebody of whom nothing more is heard has stopped writing", async () => {
    const { state, store, live } = await openStore();
    live.tell("typing", { participant: "vet-2", role: "vet", name: "Dr. Vera Meier", typing: true });
    await advanceTime(10000);
    expect(state.typing).toEqual([]);
    store.close();
});

test("one's own writing is not said to oneself", async () => {
    const { state, store, live } = await openStore();
    live.tell("typing", { participant: "owner-9", role: "owner", name: "Anna Keller", typing: true });
    expect(state.typing).toEqual([]);
    store.close();
});

test("the others are told of one's writing now and then, and of its end", async () => {
    const { store, api } = await openStore();
    store.typing.typed();
    store.typing.typed();
    await advanceTime(4500);
    store.typing.typed();
    await advanceTime(6000);
    expect(api.of("typing")).toEqual([[true], [true], [false]]);
    store.close();
});

test("what comes in before the reader's eyes is read", async () => {
    const { store, api, live, state } = await openStore();
    const hide = store.show();
    live.tell("message", { message: makeMessage(1) });
    live.tell("message", { message: makeMessage(2) });
    await advanceTime(500);
    expect(api.of("read")).toEqual([[2]]);
    expect(state.unread).toBe(0);
    hide();
    store.close();
});

test("what comes in while the thread is not shown, or is scrolled up, is unread", async () => {
    const { store, api, live, state } = await openStore();
    live.tell("message", { message: makeMessage(1) });
    const hide = store.show();
    await advanceTime(500);
    expect(api.of("read")).toEqual([[1]]);
    store.setAtEnd(false);
    live.tell("message", { message: makeMessage(2) });
    await advanceTime(500);
    expect(state.unread).toBe(1);
    expect(state.dividerId).toBe(2);
    store.setAtEnd(true);
    await advanceTime(500);
    expect(api.of("read")).toEqual([[1], [2]]);
    expect(state.unread).toBe(0);
    hide();
    store.close();
});

test("a reader who comes back finds the first new message marked", async () => {
    const reads = [{ participant: "owner-9", role: "owner", name: "Anna Keller", message_id: 2, at: null }];
    const { state, store } = await openStore({ api: new FakeApi({ info: makeInfo({ messages: range(4), reads }) }) });
    expect(state.dividerId).toBe(3);
    expect(state.unread).toBe(2);
    store.close();
});

test("that the other side has read is never taken back by older news", async () => {
    const { store, live } = await openStore();
    live.tell("read", { participant: "vet-2", role: "vet", name: "Dr. Vera Meier", message_id: 5, at: "" });
    live.tell("read", { participant: "vet-2", role: "vet", name: "Dr. Vera Meier", message_id: 3, at: "" });
    expect(store.reads.furthest.message_id).toBe(5);
    store.close();
});

test("somebody who looks says so every 30 seconds, and no more once the thread is hidden", async () => {
    const { store, api } = await openStore();
    const hide = store.show();
    await advanceTime(61000);
    expect(api.of("look")).toEqual([[true], [true], [true]]);
    hide();
    await advanceTime(60000);
    expect(api.of("look").slice(3)).toEqual([[false]]);
    store.close();
});

// --------------------------------------------------------------------- files

test("a file that changes is shown changed on its message, and the upload learns of it", async () => {
    const media = makeMedia(5, { state: "processing", mine: true });
    const { state, store, live } = await openStore({
        api: new FakeApi({ messages: [makeMessage(1, { media: [media] })] }),
    });
    live.tell("media", { message_id: 1, media: makeMedia(5) });
    expect(state.messages[0].media[0].state).toBe("ready");
    expect(state.messages[0].media[0].mine).toBe(true);
    expect(store.queue.changed.map(({ id }) => id)).toEqual([5]);
    store.close();
});

test("a retry that is refused says why", async () => {
    const api = new FakeApi();
    const { state, store } = await openStore({ api });
    api.failure = new ApiError("invalid", "This file cannot be tried again.");
    await store.retryMedia(5);
    expect(state.notice).toBe("This file cannot be tried again.");
    store.close();
});

test("uploads of an earlier visit go on", async () => {
    const uploads = [makeMedia(5, { state: "uploading" })];
    const { store } = await openStore({ api: new FakeApi({ info: makeInfo({ uploads }) }) });
    expect(store.queue.restored.map(({ id }) => id)).toEqual([5]);
    store.close();
});

// --------------------------------------------------------------------- the end

test("a store that is closed asks nothing any more", async () => {
    const { store, api, live } = await openStore();
    const hide = store.show();
    live.emit("status", "closed");
    await advanceTime(100);
    hide();
    store.close();
    await advanceTime(2000);
    const asked = api.asked.length;
    window.dispatchEvent(new Event("online"));
    window.dispatchEvent(new Event("focus"));
    live.emit("status", "open");
    await advanceTime(120000);
    expect(api.asked).toHaveLength(asked);
    expect(store.queue.closed).toBe(true);
});
