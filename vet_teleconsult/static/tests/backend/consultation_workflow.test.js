import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, waitFor, waitForNone } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { waitForChannels } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { WorkflowApi } from "@vet_teleconsult/backend/workflow_bar/workflow_api";
import { ApiError } from "@vet_teleconsult/core/json_api";

describe.current.tags("desktop");

class Consultation extends models.Model {
    _name = "vet.consultation";
    name = fields.Char();
    state = fields.Char();
    _records = [{ id: 5, name: "Rex", state: "scheduled" }];
}

defineMailModels();
defineModels([Consultation]);

/** Wait until it shows, however busy the machine is. */
const sees = (selector) => waitFor(selector, { timeout: 10000 });

/** How the consultation stands in Odoo, to be changed by a test. */
let standing;
let answer;

beforeEach(() => {
    standing = {
        id: 5,
        name: "VC/2026/00005",
        state: "scheduled",
        scheduled_at: "2026-05-01T10:00:00Z",
        claimed_by: null,
        is_mine: false,
        chat_state: "open",
        no_show_proposed: false,
        may: {
            claim: true,
            release: false,
            hand_over: true,
            cancel: true,
            no_show: true,
            finish: false,
            reopen: false,
        },
    };
    answer = () => {};
    patchWithCleanup(WorkflowApi.prototype, {
        async request(_route, { action } = {}) {
            if (action) {
                expect.step(action);
                await answer(action);
            }
            return { ...standing };
        },
    });
});

/** Waiting for the channel lets all timers run; a test that is about one of them does not. */
async function openForm({ now = "2026-05-01 10:05:00", live = true } = {}) {
    mockDate(now, 0);
    await mountView({
        type: "form",
        resModel: "vet.consultation",
        resId: 5,
        arch: `
            <form>
                <widget name="vet_workflow_bar"/>
                <field name="name"/>
                <field name="state"/>
            </form>`,
    });
    await sees("[data-test=workflow-bar]");
    if (live) {
        await waitForChannels(["vet_consultation_5"]);
    }
}

/** What another vet does, and the server says. */
function change(values, payload = { consultation_id: 5 }) {
    Object.assign(standing, values);
    MockServer.env["bus.bus"]._sendone("vet_consultation_5", "vet_teleconsult/consultation", payload);
}

const COLLEAGUE = { claimed_by: { id: 3, name: "Dr. Weber" }, is_mine: false };

test("what a colleague does shows at once, in the bar and in the form", async () => {
    await openForm();
    MockServer.env["vet.consultation"].write([5], { state: "waiting" });
    change({ ...COLLEAGUE, state: "waiting", may: { ...standing.may, claim: false, hand_over: false } });
    await sees("[data-test=workflow-claimed]:contains(Dr. Weber)");
    await sees("[name=state] input:value(waiting)");
});

test("what is being entered stays when a colleague does something", async () => {
    await openForm();
    await contains("[name=name] input").edit("Rex the second", { confirm: false });
    change({ chat_state: "locked" });
    await sees("[data-test=workflow-lock]:contains(Locked)");
    expect("[name=name] input").toHaveValue("Rex the second");
});

test("news of another consultation are none of this one's", async () => {
    await openForm();
    standing.chat_state = "locked";
    change({}, { consultation_id: 6 });
    await advanceTime(1000);
    await animationFrame();
    expect("[data-test=workflow-lock]").toHaveText("Open");
});

test("after a gap in the connection the bar looks again", async () => {
    await openForm();
    standing.chat_state = "locked";
    getService("bus_service").trigger("BUS:RECONNECT");
    await sees("[data-test=workflow-lock]:contains(Locked)");
});

test("what was entered is saved before a button does its work", async () => {
    onRpc("vet.consultation", "web_save", () => expect.step("save"));
    answer = () => Object.assign(standing, { claimed_by: { id: 2, name: "Me" }, is_mine: true });
    await openForm();
    await contains("[name=name] input").edit("Rex the second", { confirm: false });
    await contains("[data-test=workflow-available]").click();
    await sees("[data-test=workflow-claimed]:contains(Claimed)");
    expect.verifySteps(["save", "claim"]);
});

test("who is too late is told who was quicker, and sees it", async () => {
    answer = () => {
        Object.assign(standing, COLLEAGUE, { may: { ...standing.may, claim: false, hand_over: false } });
        throw new ApiError("invalid", "Dr. Weber has claimed VC/2026/00005 already.");
    };
    mockService("notification", { add: (message, { type }) => expect.step(`${type}: ${message}`) });
    await openForm();
    await contains("[data-test=workflow-available]").click();
    await sees("[data-test=workflow-claimed]:contains(Dr. Weber)");
    expect.verifySteps(["claim", "danger: Dr. Weber has claimed VC/2026/00005 already."]);
});

test("that Odoo is away is said, and nothing is lost", async () => {
    answer = () => {
        throw new ApiError("offline");
    };
    mockService("notification", { add: (message) => expect.step(message) });
    await openForm();
    await contains("[data-test=workflow-lock]").click();
    await sees("[data-test=workflow-lock]:contains(Open):enabled");
    expect.verifySteps(["lock", "That did not arrive at the clinic's server. Please try again."]);
});

test("a second click while the first is on its way does nothing", async () => {
    const gate = new Deferred();
    answer = () => gate;
    await openForm();
    await contains("[data-test=workflow-lock]").click();
    await sees("[data-test=workflow-lock]:disabled");
    gate.resolve();
    await sees("[data-test=workflow-lock]:enabled");
    expect.verifySteps(["lock"]);
});

for (const [button, confirmed, steps] of [
    ["no-show", true, ["no_show"]],
    ["no-show", false, []],
    ["finish", true, ["finish"]],
    ["finish", false, []],
]) {
    test(`${button} ${confirmed ? "is done when" : "is left alone unless"} the question is answered with yes`, async () => {
        standing.may.finish = true;
        await openForm();
        await contains(`[data-test=workflow-${button}]`).click();
        await contains(`.modal-footer button:eq(${confirmed ? 0 : 1})`).click();
        await waitForNone(".modal");
        await sees(`[data-test=workflow-${button}]:enabled`);
        expect.verifySteps(steps);
    });
}

const SUMMARY = {
    owner: "Anna Keller",
    email: "anna@example.com",
    contents: [{ label: "Recommendations", text: "Clean the ear." }],
};

/** Press Finish, for a consultation whose owner gets a summary. */
async function pressFinish(summary = SUMMARY) {
    standing.may.finish = true;
    await openForm();
    // Written since the bar has looked.
    standing.finish = summary;
    await contains("[data-test=workflow-finish]").click();
    await sees(".modal");
}

test("before the owner is mailed a summary it is said to whom it goes and what stands in it", async () => {
    await pressFinish();
    expect("[data-test=finish-summary]").toHaveText(/Anna Keller gets the summary by mail, at anna@example\.com\./);
    expect("[data-test=finish-summary] dt").toHaveText("Recommendations");
    expect("[data-test=finish-summary] dd").toHaveText("Clean the ear.");
    await contains("[data-test=finish-confirm]:contains(Finish and Send)").click();
    await waitForNone(".modal");
    await sees("[data-test=workflow-finish]:enabled");
    expect.verifySteps(["finish"]);
});

test("a consultation can be finished without sending the summary", async () => {
    await pressFinish();
    await contains("[data-test=finish-without-summary]").click();
    await waitForNone(".modal");
    await sees("[data-test=workflow-finish]:enabled");
    expect.verifySteps(["finish_without_summary"]);
});

test("a summary without words is said to be one", async () => {
    await pressFinish({ ...SUMMARY, contents: [] });
    expect("[data-test=finish-summary-empty]").toHaveCount(1);
    expect("[data-test=finish-without-summary]").toHaveClass("btn-primary");
});

test("an owner without an address is said to get no mail", async () => {
    await pressFinish({ ...SUMMARY, email: null });
    expect("[data-test=finish-summary]").toHaveText(/Anna Keller has no e-mail address/);
    expect("[data-test=finish-confirm]").toHaveText("Finish");
    expect("[data-test=finish-without-summary]").toHaveCount(0);
});

test("where nothing is mailed nothing is said of it", async () => {
    await pressFinish(null);
    expect("[data-test=finish-summary]").toHaveCount(0);
    expect("[data-test=finish-confirm]").toHaveText("Finish");
});

for (const [button, method] of [
    ["cancel", "action_cancel"],
    ["hand_over", "action_hand_over"],
]) {
    test(`${button} asks for more in a dialog of Odoo's, and looks again when that is closed`, async () => {
        Object.assign(standing, { claimed_by: { id: 2, name: "Me" }, is_mine: true });
        mockService("action", {
            async doActionButton({ type, name, resModel, resId, onClose }) {
                expect.step(`${type} ${name} ${resModel} ${resId}`);
                standing.chat_state = "locked";
                await onClose();
            },
        });
        await openForm();
        if (button === "hand_over") {
            await contains("[data-test=workflow-claimed]").click();
        }
        await contains(`[data-test=workflow-${button}]`).click();
        await sees("[data-test=workflow-lock]:contains(Locked)");
        expect.verifySteps([`object ${method} vet.consultation 5`]);
    });
}

for (const [state, step] of [
    ["done", "reopen"],
    ["cancelled", "object action_reopen"],
    ["no_show", "object action_reopen"],
]) {
    test(`reopening what is ${state} ${state === "done" ? "asks nothing" : "asks for another time"}`, async () => {
        Object.assign(standing, { state, may: { reopen: true } });
        mockService("action", {
            async doActionButton({ type, name, onClose }) {
                expect.step(`${type} ${name}`);
                await onClose();
            },
        });
        await openForm();
        await contains("[data-test=workflow-reopen]").click();
        await sees("[data-test=workflow-reopen]:enabled");
        expect.verifySteps([step]);
    });
}

test("from the appointment on a no-show can be noted, without anybody saying so", async () => {
    await openForm({ now: "2026-05-01 09:59:00", live: false });
    expect("[data-test=workflow-no-show]").not.toBeEnabled();
    await advanceTime(61000);
    await sees("[data-test=workflow-no-show]:enabled");
    expect(queryAllTexts("[data-test=workflow-no-show]")).toEqual(["No-Show"]);
});

test("a consultation that is not saved yet has no bar", async () => {
    await mountView({
        type: "form",
        resModel: "vet.consultation",
        arch: `<form><widget name="vet_workflow_bar"/><field name="name"/></form>`,
    });
    expect("[data-test=workflow-bar]").toHaveCount(0);
});
