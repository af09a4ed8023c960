import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { Timeline } from "@vet_teleconsult/timeline/timeline";
import { mountWithoutWebClient } from "../room/mount_without_web_client";

describe.current.tags("desktop");

const ENTRY = {
    kind: "consultation",
    id: 1,
    date: "2026-05-01T10:00:00Z",
    title: "Recheck",
    about: "Dr. Meier",
    detail: null,
    text: null,
    summary: null,
    patient: null,
    state: "done",
    state_label: "Done",
    tone: "good",
    url: "/odoo/vet.consultation/1",
    record: { model: "vet.consultation", id: 1 },
    files: [],
    recording: null,
};
const KINDS = [
    { kind: "consultation", label: "Consultations" },
    { kind: "recording", label: "Recordings" },
];

const entry = (values) => ({ ...ENTRY, ...values });

/** Mount a timeline that is answered with these pages, one after the other; an error is thrown. */
async function mountTimeline(pages, props = {}) {
    const rest = [...pages];
    const load = async (asked) => {
        expect.step(asked);
        const page = await rest.shift();
        if (page instanceof Error) {
            throw page;
        }
        return page;
    };
    await mountWithoutWebClient(Timeline, { load, empty: "Nothing yet.", ...props });
    await animationFrame();
}

test("entries say when, what, who and how it stands", async () => {
    await mountTimeline([{ entries: [entry({ patient: "Luna", detail: "VC1" })], next: null, kinds: [] }]);
    expect("[data-test=timeline-entry] time").toHaveAttribute("datetime", ENTRY.date);
    expect("[data-test=timeline-open]").toHaveText("Recheck");
    expect(".o_vet_timeline__meta").toHaveText("Luna · Dr. Meier · VC1");
    expect(".o_vet_timeline__badge--good").toHaveText("Done");
    expect.verifySteps([{ before: null, kinds: null }]);
});

test("a long note is folded, and unfolds with all that is in it", async () => {
    const long = entry({ text: "<p>Fleas.</p><p>Wash the <b>blanket</b>.</p>", summary: "Fleas. Wash…" });
    await mountTimeline([{ entries: [long], next: null, kinds: [] }]);
    expect("[data-test=timeline-text]").toHaveText("Fleas. Wash…");
    expect("[data-test=timeline-fold]").toHaveAttribute("aria-expanded", "false");
    await click("[data-test=timeline-fold]");
    await animationFrame();
    expect("[data-test=timeline-text] b").toHaveText("blanket");
    expect("[data-test=timeline-fold]").toHaveAttribute("aria-expanded", "true");
    await click("[data-test=timeline-fold]");
    await animationFrame();
    expect("[data-test=timeline-text] b").toHaveCount(0);
    expect.verifySteps([{ before: null, kinds: null }]);
});

test("a short note is read without unfolding", async () => {
    await mountTimeline([{ entries: [entry({ text: "<p>Fleas.</p>" })], next: null, kinds: [] }]);
    expect("[data-test=timeline-text]").toHaveText("Fleas.");
    expect("[data-test=timeline-fold]").toHaveCount(0);
    expect.verifySteps([{ before: null, kinds: null }]);
});

test("earlier entries come when they are asked for, each once", async () => {
    await mountTimeline([
        { entries: [entry(), entry({ id: 2, title: "Chat", kind: "chat" })], next: "place", kinds: [] },
        { entries: [entry({ id: 2, title: "Chat", kind: "chat" }), entry({ id: 3, title: "Oldest" })], next: null },
    ]);
    await click("[data-test=timeline-more]");
    await animationFrame();
    expect(queryAllTexts("[data-test=timeline-open]")).toEqual(["Recheck", "Chat", "Oldest"]);
    expect("[data-test=timeline-more]").toHaveCount(0);
    expect.verifySteps([
        { before: null, kinds: null },
        { before: "place", kinds: null },
    ]);
});

test("one kind alone is shown, and everything again", async () => {
    const all = { entries: [entry()], next: "place", kinds: KINDS };
    const recording = entry({ kind: "recording", id: 9, title: "Recording" });
    await mountTimeline([all, { entries: [recording], next: null }, all]);
    await click("[data-kind=recording]");
    await animationFrame();
    expect("[data-kind=recording][aria-pressed]").toHaveAttribute("aria-pressed", "true");
    expect(queryAllTexts("[data-test=timeline-open]")).toEqual(["Recording"]);
    await click("[data-test=timeline-kinds] button:first");
    await animationFrame();
    expect(queryAllTexts("[data-test=timeline-open]")).toEqual(["Recheck"]);
    expect.verifySteps([
        { before: null, kinds: null },
        { before: null, kinds: ["recording"] },
        { before: null, kinds: null },
    ]);
});

test("an answer that comes after another kind was chosen is not shown", async () => {
    const late = new Deferred();
    const all = { entries: [entry()], next: null, kinds: KINDS };
    await mountTimeline([all, late, { entries: [entry({ id: 7, title: "Fresh" })], next: null }]);
    await click("[data-kind=recording]");
    await click("[data-kind=consultation]");
    await animationFrame();
    late.resolve({ entries: [entry({ id: 8, title: "Stale" })], next: null });
    await animationFrame();
    expect(queryAllTexts("[data-test=timeline-open]")).toEqual(["Fresh"]);
    expect.verifySteps([
        { before: null, kinds: null },
        { before: null, kinds: ["recording"] },
        { before: null, kinds: ["consultation"] },
    ]);
});

test("a page that does not come can be asked for again", async () => {
    patchWithCleanup(console, { warn: () => expect.step("warned") });
    await mountTimeline([new Error("offline"), { entries: [entry()], next: null, kinds: [] }]);
    expect("[data-test=timeline-failed]").toHaveAttribute("role", "alert");
    await click("[data-test=timeline-retry]");
    await animationFrame();
    expect("[data-test=timeline-failed]").toHaveCount(0);
    expect("[data-test=timeline-entry]").toHaveCount(1);
    expect.verifySteps([{ before: null, kinds: null }, "warned", { before: null, kinds: null }]);
});

test("where there is nothing, that is said", async () => {
    await mountTimeline([{ entries: [], next: null, kinds: [] }]);
    expect("[data-test=timeline-empty]").toHaveText("Nothing yet.");
    expect.verifySteps([{ before: null, kinds: null }]);
});

test("a recording is viewed where there is a player", async () => {
    const recording = entry({ kind: "recording", id: 9, recording: 9 });
    await mountTimeline([{ entries: [recording], next: null, kinds: [] }], {
        onView: (id) => expect.step(`view ${id}`),
    });
    await click("[data-test=view-recording]");
    expect.verifySteps([{ before: null, kinds: null }, "view 9"]);
});

test("a record opens in the web client where that is given", async () => {
    await mountTimeline([{ entries: [entry()], next: null, kinds: [] }], {
        onOpen: ({ model, id }) => expect.step(`${model} ${id}`),
    });
    await click("[data-test=timeline-open]");
    expect.verifySteps([{ before: null, kinds: null }, "vet.consultation 1"]);
});

test("files are pictures where they have one, else names", async () => {
    const files = [
        { key: "a", kind: "video", name: "limp.mp4", facts: "0:12", url: "/vet/clip/1/t", poster_url: "data:," },
        { key: "b", kind: "pdf", name: "Transcript", facts: null, url: "/vet/transcript/1", poster_url: null },
    ];
    await mountTimeline([{ entries: [entry({ files })], next: null, kinds: [] }]);
    expect("[data-test=timeline-file][data-kind=video] img").toHaveAttribute("alt", "limp.mp4");
    expect("[data-test=timeline-file][data-kind=pdf]").toHaveText("Transcript");
    expect("[data-test=timeline-file][data-kind=pdf]").toHaveAttribute("href", "/vet/transcript/1");
    expect.verifySteps([{ before: null, kinds: null }]);
});
