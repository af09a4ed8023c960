import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts, queryOne, waitFor, waitForNone } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { waitForChannels, waitUntilSubscribe } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    getService,
    makeMockServer,
    MockServer,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { ChatApi } from "@vet_teleconsult/chat/chat_api";
import { makeInfo, makeMedia, makeMessage, makeOwnMessage, VET } from "../chat/fake_chat";

describe.current.tags("desktop");
defineMailModels();

function makeRow(id, values = {}) {
    return {
        id,
        name: `Rex ${id} · Anna Keller`,
        subject: null,
        patient: { id: 3, name: `Rex ${id}`, species: "Dog", photo_url: null },
        owner: { id: 9, name: "Anna Keller" },
        vet: { id: 2, name: VET.name },
        state: "open",
        ended_at: null,
        preview: `preview ${id}`,
        last_message_at: "2026-05-01T09:00:00Z",
        last_role: "owner",
        unread: 0,
        waiting_since: null,
        reply_due_at: null,
        overdue: false,
        ...values,
    };
}

/** What Odoo would answer, to be changed by a test. */
let rows;
let info;
let asked;

beforeEach(() => {
    onRpc("vet.consultation", "get_waiting_list", () => []);
    rows = [makeRow(7), makeRow(8)];
    info = (id) => makeInfo({ id, participant: VET, may: { write: true, claim: true, end: true, upload: true } });
    asked = [];
    patchWithCleanup(ChatApi.prototype, {
        async request(route, params) {
            asked.push([route, params]);
            const answers = {
                inbox: () => ({ chats: rows, counts: { mine: rows.length, unassigned: 1, all: 5 }, more: false }),
                open: () => ({ ...info(this.chatId), messages: [makeOwnMessage(1, { mine: false })], more: false }),
                workflow: () => ({ ...info(this.chatId), ...workflowAnswer(params), messages: [], more: false }),
                colleagues: () => [{ id: 4, name: "Dr. Carl Vogt" }],
            };
            return answers[route] ? answers[route]() : {};
        },
    });
});

const workflowAnswer = ({ action }) =>
    ({
        claim: { vet: { id: 2, name: VET.name, participant: VET.id } },
        release: { vet: null },
        lock: { state: "locked" },
        unlock: { state: "open" },
        end: {
            state: "locked",
            ended_at: "2026-05-01T12:00:00Z",
            transcripts: [{ id: 1, version: 1, date: "2026-05-01T12:00:00Z", url: "/vet/transcript/1" }],
        },
        reopen: { ended_at: null },
        hand_over: { vet: { id: 4, name: "Dr. Carl Vogt", participant: "vet-4" } },
    })[action];

const askedOf = (name) => asked.filter(([route]) => route === name).map(([, params]) => params);
const notify = (type, payload, channel = "vet_chat_7") =>
    MockServer.env["bus.bus"]._sendone(channel, `vet_teleconsult/${type}`, payload);

async function openChats(params = {}) {
    await makeMockServer();
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "vet_teleconsult.chats",
        name: "Chats",
        params,
    });
    await waitFor("[data-test=inbox-chat], [data-test=inbox-empty]");
}

// --------------------------------------------------------------------- inbox

test("the inbox begins with one's own conversations, and shows others on request", async () => {
    await openChats();
    expect(queryAllTexts(".o_vet_inbox__name")).toEqual(["Rex 7", "Rex 8"]);
    rows = [makeRow(9, { vet: null })];
    await contains("[data-test=inbox-filter-unassigned]").click();
    await waitFor("[data-test=inbox-chat][data-id='9']:contains(Available)");
    expect(askedOf("inbox").map(({ filter }) => filter)).toEqual(["mine", "unassigned"]);
});

test("what is typed is searched for once the typing stops", async () => {
    await openChats();
    await click("[data-test=inbox-search]");
    await edit("rex", { confirm: false });
    await advanceTime(1000);
    expect(askedOf("inbox").map(({ search }) => search)).toEqual(["", "rex"]);
});

test("conversations that have ended are a search of their own", async () => {
    await openChats();
    rows = [];
    await contains("[data-test=inbox-ended]").click();
    await waitFor("[data-test=inbox-empty]:contains(No conversation has ended yet)");
    expect(askedOf("inbox").at(-1).ended).toBe(true);
});

test("who waits shows since when, and counts on", async () => {
    mockDate("2026-05-01 10:00:00", 0);
    rows = [
        makeRow(7, { waiting_since: "2026-05-01T09:30:00Z", reply_due_at: "2026-05-01T12:00:00Z" }),
        makeRow(8, { waiting_since: "2026-04-29T10:00:00Z", reply_due_at: "2026-05-01T09:00:00Z", overdue: true }),
        makeRow(9, { unread: 3 }),
    ];
    await openChats();
    expect("[data-id='7'] [data-test=inbox-waiting]").toHaveText("Waiting 30 min · due in 2 h");
    expect("[data-id='8'] [data-test=inbox-overdue]").toHaveText("Overdue · waiting 2 d");
    expect("[data-id='9'] [data-test=inbox-unread]").toHaveText("3");
    await advanceTime(60 * 60 * 1000);
    expect("[data-id='7'] [data-test=inbox-waiting]").toHaveText("Waiting 1 h · due in 1 h");
});

test("the inbox tells of changes by itself", async () => {
    await openChats();
    await waitUntilSubscribe();
    rows = [makeRow(8, { unread: 1, preview: "Are you there?" })];
    MockServer.env["bus.bus"]._sendone("broadcast", "vet_teleconsult/inbox", { chat_id: 8 });
    await animationFrame();
    await advanceTime(1000);
    await waitFor("[data-id='8'] [data-test=inbox-unread]:contains(1)");
});

test("arrow keys go from one conversation to the next", async () => {
    await openChats();
    queryOne("[data-test=inbox-chat][data-id='7']").focus();
    await press("ArrowDown");
    expect("[data-test=inbox-chat][data-id='8']").toBeFocused();
    await press("ArrowUp");
    expect("[data-test=inbox-chat][data-id='7']").toBeFocused();
});

// -------------------------------------------------------------- conversation

test("a conversation opens beside the inbox, and is live", async () => {
    await openChats();
    await contains("[data-test=inbox-chat][data-id='7']").click();
    await waitFor("[data-test=message][data-id='1']");
    await waitForChannels(["vet_chat_7"]);
    notify("message", { chat_id: 7, message: makeMessage(2, { body: "He eats again" }) });
    await waitFor("[data-test=message]:contains(He eats again)");
});

test("the conversation that the action names is open from the start", async () => {
    await openChats({ chat_id: 8 });
    await waitFor("[data-test=chats][data-chat='8'] [data-test=message]");
});

test("going to another conversation leaves the first one's channel", async () => {
    await openChats({ chat_id: 7 });
    await waitForChannels(["vet_chat_7"]);
    await contains("[data-test=inbox-chat][data-id='8']").click();
    await waitForChannels(["vet_chat_8"]);
    await waitForChannels(["vet_chat_7"], { operation: "delete" });
});

test("a vet claims a conversation and releases it", async () => {
    const unclaimed = info;
    info = (id) => ({ ...unclaimed(id), vet: null });
    await openChats({ chat_id: 7 });
    await contains("[data-test=chat-claim]").click();
    await contains("[data-test=chat-release]").click();
    await waitFor("[data-test=chat-claim]");
    expect(askedOf("workflow").map(({ action }) => action)).toEqual(["claim", "release"]);
});

test("one button locks and opens", async () => {
    await openChats({ chat_id: 7 });
    await contains("[data-test=chat-lock][data-state=open]").click();
    await waitFor("[data-test=chat-locked-hint]");
    await contains("[data-test=chat-lock][data-state=locked]").click();
    await waitForNone("[data-test=chat-locked-hint]");
    expect(askedOf("workflow").map(({ action }) => action)).toEqual(["lock", "unlock"]);
});

test("the end asks whether to lock and whether to mail, and gives the transcript", async () => {
    await openChats({ chat_id: 7 });
    await contains("[data-test=chat-end]").click();
    expect("[data-test=chat-end-lock]").toBeChecked();
    expect("[data-test=chat-end-mail]").not.toBeChecked();
    await contains("[data-test=chat-end-mail]").click();
    await contains("[data-test=chat-end-confirm]").click();
    await waitFor("[data-test=chat-transcript][href='/vet/transcript/1']");
    expect(askedOf("workflow")).toEqual([{ action: "end", lock: true, mail_transcript: true }]);
    await contains("[data-test=chat-reopen]").click();
    await waitFor("[data-test=chat-end]");
});

test("the end says how many files are still on their way", async () => {
    await openChats({ chat_id: 7 });
    const media = ["uploading", "processing", "ready"].map((state, index) => makeMedia(index + 1, { state }));
    await waitForChannels(["vet_chat_7"]);
    notify("message", { chat_id: 7, message: makeOwnMessage(2, { mine: false, body: "three clips", media }) });
    await waitFor("[data-test=message]:contains(three clips)");
    await contains("[data-test=chat-end]").click();
    expect("[data-test=chat-end-coming]").toHaveText(/on their way: 2\./);
});

test("not ending leaves everything as it was", async () => {
    await openChats({ chat_id: 7 });
    await contains("[data-test=chat-end]").click();
    await contains("[data-test=chat-end-cancel]").click();
    await waitForNone(".modal");
    expect(askedOf("workflow")).toEqual([]);
});

test("a conversation is handed over to a colleague", async () => {
    await openChats({ chat_id: 7 });
    await contains("[data-test=chat-hand-over]").click();
    expect("[data-test=hand-over-confirm]").not.toBeEnabled();
    await contains("[data-test=colleague][data-id='4']").click();
    await contains("[data-test=hand-over-confirm]").click();
    await waitFor("[data-test=chat-claimed]:contains(Dr. Carl Vogt)");
    expect(askedOf("workflow")).toEqual([{ action: "hand_over", user_id: 4 }]);
});

test("the patient's and the owner's records are a click away", async () => {
    await openChats({ chat_id: 7 });
    await contains("[data-test=chat-patient]").click();
    await waitFor("[data-test=patient-panel]:contains(Collie)");
    patchWithCleanup(getService("action"), {
        doAction: (action) => expect.step(`${action.res_model} ${action.res_id}`),
    });
    await contains("[data-test=open-patient]").click();
    await contains("[data-test=open-owner]").click();
    expect.verifySteps(["vet.patient 3", "res.partner 9"]);
});

test("leaving the conversations closes the one that is open", async () => {
    await openChats({ chat_id: 7 });
    await waitForChannels(["vet_chat_7"]);
    await getService("action").doAction({ type: "ir.actions.client", tag: "vet_teleconsult.room", params: {} });
    await waitForChannels(["vet_chat_7"], { operation: "delete" });
    await animationFrame();
    const before = asked.length;
    await advanceTime(60000);
    expect(asked.length).toBe(before);
});
