import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { ChatThread } from "@vet_teleconsult/chat/thread/chat_thread";
import { mountWithoutWebClient } from "../room/mount_without_web_client";
import { FakeApi, makeDocument, makeInfo, makeMessage, makeStore, VET } from "./fake_chat";

describe.current.tags("desktop");

class Place extends Component {
    static template = xml`
        <div class="o_vet_theme" style="display: flex; height: 600px; width: 390px">
            <ChatThread store="props.store" documents="props.documents"/>
        </div>`;
    static components = { ChatThread };
    static props = ["*"];
}

async function mountThread({ document = makeDocument(), info = {}, documents } = {}) {
    const messages = [makeMessage(1, { body: "", document })];
    const made = makeStore({ api: new FakeApi({ info: makeInfo({ ...info, messages }) }) });
    await mountWithoutWebClient(Place, { store: made.store, documents });
    await made.store.open();
    await animationFrame();
    await animationFrame();
    const tell = (payload) =>
        made.store.receive({ type: "vet_teleconsult/document", payload: { chat_id: 7, ...payload } });
    return { ...made, tell };
}

test("a card says what it is, what it costs, how it stands and where it leads", async () => {
    await mountThread();
    expect("[data-test=document]").toHaveText(/Quote S00012/);
    expect("[data-test=document]").toHaveText(/€ 120\.00/);
    expect("[data-test=document-state]").toHaveText("Waits for your signature");
    expect("[data-test=document-open]").toHaveText("Review and sign");
    expect("[data-test=document-open]").toHaveAttribute("href", "/my/orders/12?access_token=token");
    expect("[data-test=document-open]").toHaveAttribute("target", "_blank");
    expect("[data-test=document-pdf]").toHaveCount(1);
});

test("a card without addresses offers nothing to press", async () => {
    await mountThread({ document: makeDocument({ state: "draft", url: null, pdf_url: null, amount: null }) });
    expect("[data-test=document]").toHaveCount(1);
    expect("[data-test=document] a").toHaveCount(0);
});

test("a card changes while it is looked at, and its message stays where it is", async () => {
    const { tell } = await mountThread();
    tell({ message_id: 1, document: makeDocument({ state: "signed", state_label: "Signed" }) });
    await animationFrame();
    expect("[data-test=document]").toHaveAttribute("data-state", "signed");
    expect("[data-test=document-state]").toHaveText("Signed");
    expect("[data-test=message]").toHaveCount(1);
});

test("news of a message that is not loaded change nothing", async () => {
    const { tell } = await mountThread();
    tell({ message_id: 99, document: makeDocument({ state: "signed" }) });
    await animationFrame();
    expect("[data-test=document]").toHaveAttribute("data-state", "sent");
});

test("a document opens in its place where there is one, and else by its address", async () => {
    const opened = [];
    const documents = { choices: [], open: (document) => opened.push(document.id) > 0 };
    await mountThread({ documents });
    await click("[data-test=document-open]");
    expect(opened).toEqual([12]);
});

test("a vet begins a document of the chat from the menu of files", async () => {
    const begun = [];
    const documents = {
        choices: [{ id: "quote", icon: "quote", label: "Quote", run: (chat) => begun.push(chat.id) }],
        open: () => false,
    };
    await mountThread({ documents, info: { participant: VET } });
    await click("[data-test=attach]");
    await animationFrame();
    await click("[data-test=attach-quote]");
    expect(begun).toEqual([7]);
});

test("an owner is offered no documents and none of the clinic's files", async () => {
    const documents = { choices: [{ id: "quote", icon: "quote", label: "Quote", run() {} }], open: () => false };
    await mountThread({ documents });
    await click("[data-test=attach]");
    await animationFrame();
    expect("[data-test=attach-quote]").toHaveCount(0);
    expect("[data-test=attach-kept]").toHaveCount(0);
    expect(queryAllTexts("[role=menuitem]").length).toBeGreaterThan(1);
});
