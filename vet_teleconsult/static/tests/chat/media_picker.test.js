import { describe, expect, test } from "@odoo/hoot";
import { click, queryAll, waitFor, waitForNone } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { ChatThread } from "@vet_teleconsult/chat/thread/chat_thread";
import { ApiError } from "@vet_teleconsult/core/json_api";
import { mountWithoutWebClient } from "../room/mount_without_web_client";
import { FakeApi, makeInfo, makeMedia, makeMessage, makeStore, VET } from "./fake_chat";

describe.current.tags("desktop");

class Place extends Component {
    static template = xml`
        <div class="o_vet_theme" style="display: flex; height: 600px; width: 390px">
            <ChatThread store="props.store"/>
        </div>`;
    static components = { ChatThread };
    static props = ["*"];
}

async function openPicker({ files = [makeMedia(42), makeMedia(41)], page = 50 } = {}) {
    const info = makeInfo({ participant: VET, messages: [makeMessage(1)], patientFiles: files });
    const made = makeStore({ api: new FakeApi({ info, page }) });
    await mountWithoutWebClient(Place, { store: made.store });
    await made.store.open();
    await animationFrame();
    await click("[data-test=attach]");
    await animationFrame();
    await click("[data-test=attach-kept]");
    await waitFor("[data-test=media-picker]");
    await animationFrame();
    return made;
}

test("what a vet chooses goes into one message", async () => {
    const { api } = await openPicker();
    const [first, second] = queryAll("[data-test=media-picker-item]");
    await click(first);
    await click(second);
    api.answers.push(makeMessage(2, { mine: true, body: "", media: [makeMedia(42), makeMedia(41)] }));
    await animationFrame();
    expect("[data-test=media-picker-send]").toHaveText("Send 2 files");
    await click("[data-test=media-picker-send]");
    await waitForNone("[data-test=media-picker]");
    const [[body, , mediaIds]] = api.of("message");
    expect([body, mediaIds]).toEqual(["", [42, 41]]);
    expect("[data-test=message]").toHaveCount(2);
});

test("nothing chosen, nothing to send", async () => {
    await openPicker();
    expect("[data-test=media-picker-send]").toHaveProperty("disabled", true);
    await click("[data-test=media-picker-item]:first");
    await animationFrame();
    expect("[data-test=media-picker-send]").toHaveProperty("disabled", false);
    await click("[data-test=media-picker-item]:first");
    await animationFrame();
    expect("[data-test=media-picker-send]").toHaveProperty("disabled", true);
});

test("what could not be sent is said, and sent again as the same message", async () => {
    const { api } = await openPicker();
    await click("[data-test=media-picker-item]:first");
    await animationFrame();
    api.answers.push(new ApiError("network"));
    await click("[data-test=media-picker-send]");
    await waitFor("[data-test=media-picker] [role=alert]");
    api.answers.push(makeMessage(2, { mine: true, body: "", media: [makeMedia(42)] }));
    await click("[data-test=media-picker-send]");
    await waitForNone("[data-test=media-picker]");
    const [[, first], [, second]] = api.of("message");
    expect(second).toBe(first);
});

test("older files come by the page", async () => {
    const { api } = await openPicker({ files: [5, 4, 3].map((id) => makeMedia(id)), page: 2 });
    expect("[data-test=media-picker-item]").toHaveCount(2);
    await click("[data-test=media-picker-more]");
    await animationFrame();
    await animationFrame();
    expect("[data-test=media-picker-item]").toHaveCount(3);
    expect(api.of("patient_media").map(([beforeId]) => beforeId)).toEqual([undefined, 4]);
    expect("[data-test=media-picker-more]").toHaveCount(0);
});

test("a patient without other files is said so", async () => {
    await openPicker({ files: [] });
    expect("[data-test=media-picker-empty]").toHaveCount(1);
});
