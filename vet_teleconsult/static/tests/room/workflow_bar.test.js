import { describe, expect, test } from "@odoo/hoot";
import { click, press, queryAll, queryOne } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { WorkflowBar } from "@vet_teleconsult/room/workflow_bar/workflow_bar";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const NOTHING = {
    claim: false,
    release: false,
    hand_over: false,
    cancel: false,
    no_show: false,
    finish: false,
    reopen: false,
};

async function mountBar({ may = {}, busy = false, ...consultation } = {}) {
    await mountWithoutWebClient(WorkflowBar, {
        consultation: {
            id: 5,
            name: "VC/2026/00005",
            state: "scheduled",
            scheduled_at: "2026-05-01T10:00:00Z",
            claimed_by: null,
            is_mine: false,
            chat_state: "open",
            no_show_proposed: false,
            ...consultation,
            may: { ...NOTHING, ...may },
        },
        busy,
        onAction: (action) => expect.step(action),
    });
}

const MINE = { claimed_by: { id: 2, name: "Dr. Meier" }, is_mine: true };
const THEIRS = { claimed_by: { id: 3, name: "Dr. Weber" }, is_mine: false };
const HOLDER = { release: true, hand_over: true, cancel: true, no_show: true };

const shown = () => queryAll("[data-test^=workflow-]:not([data-test=workflow-bar])").map((each) => each.dataset.test);

test("what nobody has taken reads Available, and a click claims it", async () => {
    await mountBar({ may: { claim: true, hand_over: true } });
    expect("[data-test=workflow-available]").toHaveText("Available");
    await click("[data-test=workflow-available]");
    expect.verifySteps(["claim"]);
});

test("what one has taken oneself reads Claimed, and can be released or handed over", async () => {
    await mountBar({ ...MINE, may: HOLDER });
    expect("[data-test=workflow-claimed]").toHaveText("Claimed");
    for (const action of ["release", "hand_over"]) {
        await click("[data-test=workflow-claimed]");
        await animationFrame();
        await click(`[data-test=workflow-${action}]`);
        await animationFrame();
    }
    expect.verifySteps(["release", "hand_over"]);
});

test("what a colleague has taken shows their name, and offers nothing that would be refused", async () => {
    await mountBar(THEIRS);
    expect("[data-test=workflow-claimed]").toHaveText("Dr. Weber");
    expect(queryOne("[data-test=workflow-claimed]").tagName).toBe("SPAN");
    expect(shown()).toEqual(["workflow-claimed", "workflow-lock"]);
});

test("a manager can hand over what a colleague has taken", async () => {
    await mountBar({ ...THEIRS, may: { release: true, hand_over: true } });
    await click("[data-test=workflow-claimed]");
    await animationFrame();
    expect("[data-test=workflow-hand_over]").toBeVisible();
});

for (const { chatState, label, pressed, action } of [
    { chatState: "open", label: "Open", pressed: "false", action: "lock" },
    { chatState: "locked", label: "Locked", pressed: "true", action: "unlock" },
]) {
    test(`a message box that is ${chatState} reads ${label}, and a click changes it`, async () => {
        await mountBar({ chat_state: chatState });
        expect("[data-test=workflow-lock]").toHaveText(label);
        expect("[data-test=workflow-lock]").toHaveAttribute("aria-pressed", pressed);
        await click("[data-test=workflow-lock]");
        expect.verifySteps([action]);
    });
}

for (const [state, may, buttons] of [
    ["scheduled", HOLDER, ["claimed", "lock", "no-show", "cancel"]],
    ["waiting", HOLDER, ["claimed", "lock", "no-show", "cancel"]],
    ["in_progress", { hand_over: true, cancel: true, finish: true }, ["claimed", "lock", "cancel", "finish"]],
    [
        "in_progress",
        { hand_over: true, cancel: true, no_show: true, undo_start: true, finish: true },
        ["claimed", "lock", "no-show", "cancel", "undo-start", "finish"],
    ],
    ["done", { reopen: true }, ["claimed", "lock", "reopen"]],
    ["cancelled", { reopen: true }, ["claimed", "lock", "reopen"]],
    ["no_show", { reopen: true }, ["claimed", "lock", "reopen"]],
]) {
    test(`in the state ${state} there are the buttons that do something: ${buttons.join(", ")}`, async () => {
        await mountBar({ ...MINE, state, may });
        expect(shown()).toEqual(buttons.map((name) => `workflow-${name}`));
    });
}

test("each button says its one action", async () => {
    mockDate("2026-05-01 10:05:00", 0);
    await mountBar({ ...MINE, may: { ...HOLDER, undo_start: true, finish: true, reopen: true } });
    for (const name of ["no-show", "cancel", "undo-start", "finish", "reopen"]) {
        await click(`[data-test=workflow-${name}]`);
    }
    expect.verifySteps(["no_show", "cancel", "undo_start", "finish", "reopen"]);
});

test("an owner who can still come is no no-show", async () => {
    mockDate("2026-05-01 09:59:00", 0);
    await mountBar({ ...MINE, may: HOLDER });
    expect("[data-test=workflow-no-show]").not.toBeEnabled();
});

test("a no-show that is proposed is a question", async () => {
    mockDate("2026-05-01 10:20:00", 0);
    await mountBar({ ...MINE, may: HOLDER, no_show_proposed: true });
    expect("[data-test=workflow-no-show]").toHaveText("No-Show?");
    expect("[data-test=workflow-no-show]").toHaveAttribute("data-proposed", "true");
});

test("beside a no-show that is proposed, another time can be chosen", async () => {
    await mountBar({ ...MINE, may: { ...HOLDER, reschedule: true }, no_show_proposed: true });
    await click("[data-test=workflow-reschedule]");
    expect.verifySteps(["reschedule"]);
});

test("while an owner can still come no other time is proposed", async () => {
    await mountBar({ ...MINE, may: { ...HOLDER, reschedule: true } });
    expect("[data-test=workflow-reschedule]").toHaveCount(0);
});

test("nothing can be pressed while an answer is awaited", async () => {
    await mountBar({ ...MINE, may: { ...HOLDER, finish: true, reopen: true }, busy: true });
    for (const button of queryAll(".o_vet_workflow button")) {
        expect(button).not.toBeEnabled();
    }
});

test("the menu is used with the keyboard alone", async () => {
    await mountBar({ ...MINE, may: HOLDER });
    queryOne("[data-test=workflow-claimed]").focus();
    await press("Enter");
    await animationFrame();
    expect("[data-test=workflow-release]").toBeFocused();
    await press("ArrowDown");
    expect("[data-test=workflow-hand_over]").toBeFocused();
    await press("ArrowDown");
    expect("[data-test=workflow-release]").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect("[role=menu]").toHaveCount(0);
    expect("[data-test=workflow-claimed]").toBeFocused();
    await press("Enter");
    await animationFrame();
    await press("End");
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["hand_over"]);
});

test("a click elsewhere closes the menu", async () => {
    await mountBar({ ...MINE, may: HOLDER });
    await click("[data-test=workflow-claimed]");
    await animationFrame();
    await click("[data-test=workflow-bar]", { position: "bottom-right" });
    await animationFrame();
    expect("[role=menu]").toHaveCount(0);
    expect.verifySteps([]);
});
