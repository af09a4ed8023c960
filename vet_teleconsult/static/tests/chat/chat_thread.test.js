import { describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAll, queryOne, waitFor, waitForNone, waitUntil } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { Component, onMounted, xml } from "@odoo/owl";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { ChatThread } from "@vet_teleconsult/chat/thread/chat_thread";
import { LIMIT } from "@vet_teleconsult/chat/thread/render_window";
import { ApiError } from "@vet_teleconsult/core/json_api";
import { lazyParts } from "@vet_teleconsult/core/lazy_parts";
import { mountWithoutWebClient } from "../room/mount_without_web_client";
import { FakeApi, makeInfo, makeMedia, makeMessage, makeOwnMessage, makeStore, OWNER, VET } from "./fake_chat";

describe.current.tags("desktop");

const range = (count, first = 1) => Array.from({ length: count }, (_, index) => makeMessage(first + index));

/** The thread in a place of a phone's height. */
class Place extends Component {
    static template = xml`
        <div class="o_vet_theme" style="display: flex; height: 600px; width: 390px">
            <ChatThread store="props.store"/>
        </div>`;
    static components = { ChatThread };
    static props = ["*"];
}

async function mountThread({ messages = [makeMessage(1)], info = {}, memory, page } = {}) {
    const api = new FakeApi({ info: makeInfo({ ...info, messages }), page });
    const made = makeStore({ api, ...(memory ? { memory } : {}) });
    await mountWithoutWebClient(Place, { store: made.store });
    await made.store.open();
    await animationFrame();
    await animationFrame();
    const tell = (type, payload) =>
        made.store.receive({ type: `vet_teleconsult/${type}`, payload: { chat_id: 7, ...payload } });
    return { ...made, tell };
}

const log = () => queryOne("[role=log]");
const shownIds = () => queryAll("[data-test=message][data-id]").map(({ dataset }) => Number(dataset.id));
const distanceToEnd = () => log().scrollHeight - log().scrollTop - log().clientHeight;

async function scrollTo(top) {
    log().scrollTop = top;
    log().dispatchEvent(new Event("scroll"));
    await animationFrame();
    await animationFrame();
}

// ------------------------------------------------------------------- writing

test("Enter sends what was written and empties the box", async () => {
    const { api } = await mountThread();
    api.answers.push(makeOwnMessage(2));
    await click("[data-test=message-input]");
    await edit("Since when?", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect(api.of("message").map(([body]) => body)).toEqual(["Since when?"]);
    expect("[data-test=message-input]").toHaveValue("");
});

test("Shift and Enter begin a new line instead", async () => {
    const { api } = await mountThread();
    await click("[data-test=message-input]");
    await edit("First", { confirm: false });
    const event = new KeyboardEvent("keydown", { key: "Enter", shiftKey: true, bubbles: true, cancelable: true });
    queryOne("[data-test=message-input]").dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
    expect(api.of("message")).toEqual([]);
});

test("Enter that chooses a character of an input method does not send", async () => {
    const { api } = await mountThread();
    await click("[data-test=message-input]");
    await edit("こん", { confirm: false });
    const event = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
    queryOne("[data-test=message-input]").dispatchEvent(event);
    expect(api.of("message")).toEqual([]);
});

test("blanks are not sent", async () => {
    const { api } = await mountThread();
    await click("[data-test=message-input]");
    await edit("   ", { confirm: false });
    await press("Enter");
    expect(api.of("message")).toEqual([]);
    expect("[data-test=message-send]").not.toBeEnabled();
});

test("the others learn that somebody writes, and that the box was emptied", async () => {
    const { api } = await mountThread();
    await click("[data-test=message-input]");
    await edit("I am", { confirm: false });
    await edit("", { confirm: false });
    expect(api.of("typing")).toEqual([[true], [false]]);
});

test("a draft is there again after a reload", async () => {
    const { store, memory } = await mountThread();
    await click("[data-test=message-input]");
    await edit("He limps since", { confirm: false });
    await advanceTime(1000);
    store.close();
    await mountThread({ memory });
    expect("[data-test=message-input]:last").toHaveValue("He limps since");
});

test("a message that Odoo did not take yet can be sent at once by hand", async () => {
    const { api, store } = await mountThread();
    api.answers.push(new ApiError("offline"), makeOwnMessage(9));
    store.send("Hello");
    await waitFor("[data-test=message][data-status=pending]:contains(Not sent yet)");
    await click("[data-test=message-retry]");
    await waitFor("[data-test=message][data-status=sent][data-id='9']");
});

test("a refused message says why, and can be discarded", async () => {
    const { api, store } = await mountThread();
    api.answers.push(new ApiError("invalid", "The message is too long."));
    store.send("Hello");
    await waitFor("[data-test=message][data-status=failed]:contains(The message is too long.)");
    await click("[data-test=message-discard]");
    await waitForNone("[data-test=message][data-status=failed]");
});

// ------------------------------------------------------------------- reading

test("addresses are links that tell the other site nothing", async () => {
    await mountThread({ messages: [makeMessage(1, { body: "see https://clinic.example/x" })] });
    const link = queryOne("[data-test=message] a");
    expect(link.getAttribute("href")).toBe("https://clinic.example/x");
    expect(link.rel).toInclude("noreferrer");
});

test("markup in a message is shown as it was typed", async () => {
    await mountThread({ messages: [makeMessage(1, { body: "<script>alert(1)</script>" })] });
    expect("[data-test=message] script").toHaveCount(0);
    expect("[data-test=message]").toHaveText(/<script>/);
});

test("each day begins with its name", async () => {
    mockDate("2026-05-03 12:00:00", 0);
    await mountThread({
        messages: [
            makeMessage(1, { date: "2026-04-28T10:00:00Z" }),
            makeMessage(2, { date: "2026-05-02T10:00:00Z" }),
            makeMessage(3, { date: "2026-05-02T11:00:00Z" }),
            makeMessage(4, { date: "2026-05-03T10:00:00Z" }),
        ],
    });
    const days = queryAll("[data-test=day]").map(({ textContent }) => textContent.trim());
    expect(days).toHaveLength(3);
    expect(days[0]).toMatch(/28/);
    expect(days.slice(1)).toEqual(["Yesterday", "Today"]);
});

test("a new message shows at once, before the eyes of a reader who is at the end", async () => {
    const { tell } = await mountThread({ messages: range(40) });
    tell("message", { message: makeMessage(41) });
    await waitFor("[data-test=message][data-id='41']");
    await animationFrame();
    expect(distanceToEnd()).toBeLessThan(5);
});

test("a reader who is further up stays there, and is led to what is new", async () => {
    const { tell } = await mountThread({ messages: range(50) });
    await scrollTo(300);
    tell("message", { message: makeMessage(51) });
    await waitFor("[data-test=jump-newest]:contains(1)");
    expect(log().scrollTop).toBeWithin(250, 350);
    await click("[data-test=jump-newest]");
    await waitForNone("[data-test=jump-newest]");
    expect(distanceToEnd()).toBeLessThan(5);
    expect(log()).toBeFocused();
});

test("what somebody has sent themselves is shown to them, wherever they were", async () => {
    const { tell } = await mountThread({ messages: range(50) });
    await scrollTo(300);
    tell("message", { message: makeOwnMessage(51, { media: [makeMedia(5)] }) });
    await waitFor("[data-test=message][data-id='51']");
    await waitForNone("[data-test=jump-newest]");
    expect(distanceToEnd()).toBeLessThan(5);
});

test("nothing in the thread makes the page longer than the screen", async () => {
    await mountThread({ messages: [...range(50), makeOwnMessage(51), makeOwnMessage(52)] });
    const place = queryOne("[data-test=thread]").parentElement;
    expect(place.scrollHeight).toBe(place.clientHeight);
});

test("whoever comes back sees where the new messages begin", async () => {
    const reads = [{ participant: OWNER.id, role: "owner", name: OWNER.name, message_id: 2, at: null }];
    await mountThread({ messages: range(4), info: { reads } });
    const rows = [...queryOne("[role=log] ol").children].map(({ dataset }) => dataset.id || dataset.test);
    expect(rows).toEqual(["day", "1", "2", "news", "3", "4"]);
});

test("the last message that the other side has read says so", async () => {
    const { tell } = await mountThread({ messages: [makeOwnMessage(1), makeOwnMessage(2), makeOwnMessage(3)] });
    expect("[data-test=read-mark]").toHaveCount(0);
    tell("read", { participant: VET.id, role: "vet", name: VET.name, message_id: 2, at: "2026-05-01T10:00:00Z" });
    await waitFor("[data-id='2'] [data-test=read-mark]:contains(Dr. Vera Meier)");
    expect("[data-test=read-mark]").toHaveCount(1);
});

test("who writes is said below the messages", async () => {
    const { tell } = await mountThread();
    tell("typing", { participant: VET.id, role: "vet", name: VET.name, typing: true });
    await waitFor("[data-test=typing]:contains(Dr. Vera Meier is writing)");
    tell("typing", { participant: VET.id, role: "vet", name: VET.name, typing: false });
    await waitForNone("[data-test=typing]");
});

// --------------------------------------------------------- very long threads

test("of 10,000 messages the newest are rendered, and going back renders what comes, never too many", async () => {
    const all = range(10_000);
    const { store } = await mountThread({ messages: all });
    store._add(all);
    await animationFrame();
    expect(shownIds().at(-1)).toBe(10_000);
    expect(shownIds().length).toBeLessThan(LIMIT);
    let first = shownIds()[0];
    for (let step = 0; step < 12; step++) {
        await scrollTo(0);
        expect(shownIds()[0]).toBeLessThan(first);
        expect(shownIds().length).not.toBeGreaterThan(LIMIT);
        first = shownIds()[0];
    }
    expect(shownIds().at(-1)).toBeLessThan(10_000);
    await click("[data-test=jump-newest]");
    await waitFor("[data-test=message][data-id='10000']");
    await animationFrame();
    expect(distanceToEnd()).toBeLessThan(5);
});

test("what the reader looks at stays where it is while older messages are put above it", async () => {
    const all = range(2_000);
    const { store } = await mountThread({ messages: all });
    store._add(all);
    await animationFrame();
    await scrollTo(900);
    const seen = queryAll("[data-test=message]").find(
        (message) => message.getBoundingClientRect().bottom > log().getBoundingClientRect().top
    );
    const before = seen.getBoundingClientRect().top;
    const first = shownIds()[0];
    await scrollTo(log().scrollTop - 200);
    await waitUntil(() => shownIds()[0] < first);
    await animationFrame();
    expect(Math.abs(seen.getBoundingClientRect().top - before - 200)).toBeLessThan(2);
});

test("older messages are fetched before the reader comes to the end of those that are there", async () => {
    const { api } = await mountThread({ messages: range(300) });
    await scrollTo(100);
    await waitUntil(() => shownIds()[0] < 251);
    expect(api.of("messages")[0][0].beforeId).toBe(251);
});

test("older messages that did not come can be asked for again", async () => {
    const { api } = await mountThread({ messages: range(300) });
    api.failure = new ApiError("offline");
    await scrollTo(0);
    await waitFor("[data-test=load-older]:contains(Try again)");
    api.failure = null;
    await click("[data-test=load-older]");
    await waitUntil(() => shownIds()[0] < 251);
});

test("a keyboard leads to older messages, and End to the newest", async () => {
    const { store } = await mountThread({ messages: range(300) });
    store._add(range(300));
    await animationFrame();
    await scrollTo(0);
    await scrollTo(0);
    expect(log().tabIndex).toBe(0);
    log().focus();
    await press("End");
    await waitFor("[data-test=message][data-id='300']");
    await animationFrame();
    expect(distanceToEnd()).toBeLessThan(5);
});

test("a screen reader hears what comes in, and nothing of what is paged back to", async () => {
    const { tell, store } = await mountThread({ messages: range(120) });
    await store.loadOlder();
    await animationFrame();
    expect("[data-test=announcement]").toHaveText("");
    expect(log()).toHaveAttribute("aria-live", "off");
    tell("message", { message: makeMessage(121, { body: "Come at noon" }) });
    await waitFor("[data-test=announcement]:contains(Dr. Vera Meier: Come at noon)");
});

// -------------------------------------------------------------- locked, ended

test("a locked conversation can be read but not written by the owner", async () => {
    const { tell } = await mountThread();
    tell("chat", { state: "locked", ended_at: null });
    await waitFor("[data-test=chat-locked]:contains(closed this conversation)");
    expect("[data-test=message]").toHaveCount(1);
    expect("[data-test=message-input]").toHaveCount(0);
    expect("[data-test=attach]").toHaveCount(0);
    tell("chat", { state: "open", ended_at: null });
    await waitFor("[data-test=message-input]");
});

test("a vet writes in a locked conversation, and is told that the owner cannot", async () => {
    await mountThread({ info: { participant: VET, state: "locked" } });
    expect("[data-test=message-input]").toHaveCount(1);
    expect("[data-test=chat-locked-hint]").toHaveText(/owner can read, but not write/);
});

test("a conversation that has ended says so, and that writing goes on with it", async () => {
    await mountThread({ info: { ended_at: "2026-05-01T12:00:00Z" } });
    expect("[data-test=chat-ended]").toHaveText(/ended on .*2026.*If you write again, it goes on/);
    expect("[data-test=message-input]").toHaveCount(1);
});

test("a link that was revoked says what to do", async () => {
    const made = makeStore();
    made.api.failure = new ApiError("link_revoked", "This link is no longer valid.", "Ask the clinic for a new one.");
    await mountWithoutWebClient(Place, { store: made.store });
    await made.store.open();
    await waitFor("[data-test=chat-problem][data-code=link_revoked]");
    expect("[data-test=chat-problem]").toHaveText(/no longer valid.*Ask the clinic/s);
});

// --------------------------------------------------------------------- files

const withMedia = (values, message = {}) => [makeMessage(1, { body: "", media: [makeMedia(5, values)], ...message })];

class FakeViewer extends Component {
    static template = xml`
        <div data-test="clip">
            <t t-out="props.media.name"/> <t t-out="props.start"/>
            <button data-test="clip-close" t-on-click="() => props.onClose()">Close</button>
        </div>`;
    static props = ["*"];

    setup() {
        FakeViewer.props_ = this.props;
    }
}

const useFakeViewer = () => patchWithCleanup(lazyParts, { clipViewer: async () => FakeViewer });

test("a clip opens over the thread, and the focus returns to it", async () => {
    useFakeViewer();
    await mountThread({ messages: withMedia({}) });
    expect("[data-test=media]").toHaveAttribute("data-kind", "video");
    queryOne("[data-test=media-open]").focus();
    await click("[data-test=media-open]");
    await waitFor("[data-test=viewer] [data-test=clip]:contains(clip 5.mp4)");
    await click("[data-test=clip-close]");
    await waitForNone("[data-test=viewer]");
    expect("[data-test=media-open]").toBeFocused();
});

test("each of two clips that are compared asks for its own fresh address", async () => {
    class Refresher extends FakeViewer {
        setup() {
            onMounted(() => {
                this.props.refresh(5);
                this.props.refresh(6);
            });
        }
    }
    patchWithCleanup(lazyParts, { clipViewer: async () => Refresher });
    const { api } = await mountThread({
        messages: withMedia({}),
        info: { files: { 5: makeMedia(5), 6: makeMedia(6) } },
    });
    await click("[data-test=media-open]");
    await waitFor("[data-test=clip]");
    expect(api.of("media")).toEqual([[5], [6]]);
});

test("while a clip is open the keyboard stays with it, and Escape closes it", async () => {
    useFakeViewer();
    await mountThread({ messages: withMedia({}) });
    await click("[data-test=media-open]");
    await waitFor("[data-test=clip]");
    const dialog = queryOne("[data-test=viewer]");
    expect(dialog.matches(":modal")).toBe(true);
    dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
    await waitForNone("[data-test=viewer]");
});

test("the clips beside which one may be put are the others of the thread", async () => {
    useFakeViewer();
    const media = [makeMedia(5), makeMedia(6, { kind: "photo" }), makeMedia(7, { state: "processing" }), makeMedia(8)];
    await mountThread({ messages: [makeMessage(1, { media })] });
    await click("[data-test=media][data-id='5'] [data-test=media-open]");
    await waitFor("[data-test=clip]");
    expect(FakeViewer.props_.others.map(({ id }) => id)).toEqual([6, 8]);
});

test("a still that is kept goes into the thread with its clip and place", async () => {
    useFakeViewer();
    const { store } = await mountThread({ messages: withMedia({}) });
    await click("[data-test=media-open]");
    await waitFor("[data-test=clip]");
    const blob = new Blob(["x"], { type: "image/jpeg" });
    await FakeViewer.props_.saveStill(blob, { timeCode: 1.5, annotated: true, caption: "Here", post: true });
    const [[[file], options]] = store.queue.added;
    expect(file.name).toBe("clip 5 still.jpg");
    expect(options).toEqual({
        origin: "still",
        parentId: 5,
        timeCode: 1.5,
        annotated: true,
        caption: "Here",
        posted: true,
    });
});

test("a vet's count is kept with its clip; an owner has none", async () => {
    useFakeViewer();
    const { api } = await mountThread({ messages: withMedia({}), info: { participant: VET } });
    await click("[data-test=media-open]");
    await waitFor("[data-test=clip]");
    await FakeViewer.props_.saveObservation({ kind: "respiratory_rate", value: 24 });
    expect(api.of("observation")).toEqual([[{ media_id: 5, kind: "respiratory_rate", value: 24 }]]);
});

test("a time code opens the clip before it, there", async () => {
    useFakeViewer();
    await mountThread({
        messages: [
            ...withMedia({}),
            makeMessage(2, { body: "Look at #t=12.4." }),
            makeMessage(3, { media: [makeMedia(6)] }),
        ],
    });
    expect("[data-id='2'] a").toHaveText("0:12.4");
    await click("[data-id='2'] a");
    await waitFor("[data-test=clip]:contains(clip 5.mp4 12.4)");
});

test("a link to a clip of the thread opens it here, at its time", async () => {
    useFakeViewer();
    const body = `See ${location.origin}/vet/clip/5/token#t=3`;
    await mountThread({ messages: [...withMedia({}), makeMessage(2, { body })] });
    await click("[data-id='2'] a");
    await waitFor("[data-test=clip]:contains(clip 5.mp4 3)");
});

test("a time code without a clip before it says so", async () => {
    await mountThread({ messages: [makeMessage(1, { body: "Look at #t=12.4" })] });
    await click("[data-id='1'] a");
    await waitFor("[data-test=chat-notice]:contains(no video before)");
});

test("a viewer that cannot be loaded is said, not left out", async () => {
    patchWithCleanup(lazyParts, {
        clipViewer: async () => {
            throw new Error("offline");
        },
    });
    patchWithCleanup(console, { warn: () => {} });
    await mountThread({ messages: withMedia({}) });
    await click("[data-test=media-open]");
    await waitFor("[data-test=chat-notice]:contains(could not be loaded)");
});

test("a clip that is worked on says so, and shows itself when it is ready", async () => {
    const { tell } = await mountThread({ messages: withMedia({ state: "processing", url: null }) });
    expect("[data-test=media][data-state=processing]").toHaveText(/prepared/);
    expect("[data-test=media-open]").toHaveCount(0);
    tell("media", { message_id: 1, media: makeMedia(5, { rendition: { state: "working", progress: 40 } }) });
    await waitFor("[data-test=media][data-state=ready] [data-test=media-progress]");
    expect("[data-test=media-progress]").toHaveValue(40);
    expect("[data-test=media-open]").toHaveCount(1);
    tell("media", { message_id: 1, media: makeMedia(5, { rendition: { state: "ready", progress: 100 } }) });
    await waitForNone("[data-test=media-progress]");
});

test("a file that failed says why, and is tried again on request", async () => {
    const problem = "The video is damaged.";
    const { api } = await mountThread({
        messages: withMedia({ state: "failed", problem, retryable: true }),
        info: { files: { 5: makeMedia(5, { state: "processing" }) } },
    });
    expect("[data-test=media]").toHaveText(/The video is damaged/);
    await click("[data-test=media-retry]");
    await waitFor("[data-test=media][data-state=processing]");
    expect(api.of("media_retry")).toEqual([[5]]);
});

test("sound plays in the thread, a document is for download", async () => {
    await mountThread({
        messages: [
            makeMessage(1, {
                media: [
                    makeMedia(5, { kind: "audio", name: "bark.m4a", width: null, height: null }),
                    makeMedia(6, { kind: "document", name: "lab.pdf", width: null, height: null, duration: null }),
                ],
            }),
        ],
    });
    expect("[data-kind=audio] audio").toHaveAttribute("src", "/vet/media/5/token");
    expect("[data-kind=document] [data-test=media-download]").toHaveAttribute("href", "/vet/media/6/token?download=1");
    expect("[data-kind=document]").toHaveText(/lab\.pdf/);
});

test("a picture keeps its place before it is there", async () => {
    await mountThread({ messages: withMedia({ width: 1080, height: 1920 }) });
    const { width, height } = queryOne("[data-test=media-open]").getBoundingClientRect();
    expect(width / height).toBeWithin(0.54, 0.58);
});
