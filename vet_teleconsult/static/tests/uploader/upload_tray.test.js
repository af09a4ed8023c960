import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { reactive } from "@odoo/owl";
import { UploadQueue } from "@vet_teleconsult/chat/uploader/upload_queue";
import { UploadTray } from "@vet_teleconsult/chat/uploader/upload_tray";
import { mountWithoutWebClient } from "../room/mount_without_web_client";
import { MB } from "./fake_service";

describe.current.tags("desktop");

const ITEM = {
    id: "one",
    name: "limping.mp4",
    size: 40 * MB,
    kind: "video",
    mime: "video/mp4",
    previewUrl: null,
    status: "uploading",
    sent: 10 * MB,
    speed: 1.5 * MB,
    secondsLeft: 20,
    problem: null,
    retryable: false,
    mediaId: 1,
    kept: "file",
    elsewhere: false,
};

async function mountTray(...items) {
    const state = reactive(UploadQueue.makeState());
    state.items.push(...items.map((item, index) => ({ ...ITEM, id: `item ${index}`, ...item })));
    const queue = { state };
    for (const action of ["pause", "resume", "cancel", "retry", "dismiss", "sendRecording", "discardRecording"]) {
        queue[action] = (id) => expect.step(`${action} ${id}`);
    }
    await mountWithoutWebClient(UploadTray, { queue });
    return state;
}

const status = () => queryText("[data-test=upload-status]");

test("nothing shows while nothing is being sent", async () => {
    await mountTray();
    expect("[data-test=upload-tray]").toHaveCount(0);
});

test("a file on its way shows how far, how fast and how long still", async () => {
    await mountTray({});
    expect(status()).toBe("10.0 MB of 40.0 MB · 1.5 MB/s · 20 seconds left");
    expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "25");
});

for (const [values, sentence] of [
    [{ status: "queued", sent: 0 }, "Waiting for its turn · 40.0 MB"],
    [{ status: "paused" }, "Paused at 25 %"],
    [{ status: "paused", elsewhere: true }, "This upload is open in another tab of this browser."],
    [{ status: "waiting" }, "No connection at the moment. It goes on by itself."],
    [{ status: "checking" }, "Sent. It is being checked…"],
    [{ status: "done" }, "Sent"],
    [{ status: "failed", problem: "This file is empty." }, "This file is empty."],
    [
        { status: "needs-file" },
        "It stopped before it was complete. Choose the same file again, and it goes on where it stopped.",
    ],
]) {
    test(`${values.status}${values.elsewhere ? " elsewhere" : ""} is said in a sentence`, async () => {
        await mountTray(values);
        expect(status()).toBe(sentence);
    });
}

for (const [values, hooks] of [
    [{ status: "queued" }, ["upload-pause", "upload-cancel"]],
    [{ status: "uploading" }, ["upload-pause", "upload-cancel"]],
    [{ status: "waiting" }, ["upload-pause", "upload-cancel"]],
    [{ status: "paused" }, ["upload-resume", "upload-cancel"]],
    [{ status: "paused", elsewhere: true }, ["upload-resume"]],
    [{ status: "checking" }, []],
    [{ status: "done" }, ["upload-dismiss"]],
    [{ status: "failed", retryable: true }, ["upload-retry", "upload-dismiss"]],
    [{ status: "failed" }, ["upload-dismiss"]],
    [{ status: "needs-file" }, ["upload-choose", "upload-cancel"]],
]) {
    test(`${values.status} ${values.retryable ? "retryable " : ""}offers ${hooks.join(", ") || "nothing"}`, async () => {
        await mountTray(values);
        const shown = [...document.querySelectorAll(".o_vet_upload__buttons [data-test]")];
        expect(shown.map(({ dataset }) => dataset.test)).toEqual(hooks);
    });
}

test("each button acts on its own row", async () => {
    await mountTray({ status: "uploading" }, { status: "paused" }, { status: "failed", retryable: true });
    await click("[data-test=upload-pause]");
    await click("[data-test=upload-resume]");
    await click("[data-test=upload-retry]");
    await click("[data-test=upload-dismiss]");
    await click("[data-id='item 0'] [data-test=upload-cancel]");
    expect.verifySteps(["pause item 0", "resume item 1", "retry item 2", "dismiss item 2", "cancel item 0"]);
});

test("whether the page may be closed is said where it matters", async () => {
    const state = await mountTray({});
    expect(queryText("[data-test=upload-hint]")).toMatch(/You may close this page/);
    state.items[0].kept = "name";
    await animationFrame();
    expect(queryText("[data-test=upload-hint]")).toMatch(/Please keep this page open/);
    state.items[0].kept = null;
    await animationFrame();
    expect("[data-test=upload-hint]").toHaveCount(0);
});

test("a screen reader hears of quarters and ends, not of every percent", async () => {
    const state = await mountTray({ sent: 0 });
    const announcement = () => queryText("[data-test=upload-announcement]");
    await animationFrame();
    expect(announcement()).toBe("limping.mp4 is being sent.");
    state.items[0].sent = 9 * MB;
    await animationFrame();
    expect(announcement()).toBe("limping.mp4 is being sent.");
    state.items[0].sent = 21 * MB;
    await animationFrame();
    await animationFrame();
    expect(announcement()).toBe("limping.mp4: 50 percent sent.");
    state.items[0].status = "done";
    await animationFrame();
    await animationFrame();
    expect(announcement()).toBe("limping.mp4: Sent");
});

test("an unsent recording is offered to be sent or discarded", async () => {
    const state = await mountTray();
    state.recordings = [{ id: "rec", mimeType: "video/webm", startedAt: Date.now(), seconds: 133, size: 14 * MB }];
    await animationFrame();
    expect(queryAllTexts("[data-test=unsent-recording] .o_vet_upload__name")).toEqual(["You have an unsent recording"]);
    expect("[data-test=unsent-recording]").toHaveText(/02:13 · 14.0 MB/);
    await click("[data-test=unsent-send]");
    await click("[data-test=unsent-discard]");
    expect.verifySteps(["sendRecording rec", "discardRecording rec"]);
});
