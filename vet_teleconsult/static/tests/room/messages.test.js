import { describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Messages } from "@vet_teleconsult/room/side_panel/messages/messages";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const MESSAGE = { id: 1, author: "Anna", mine: false, role: "owner", body: "Rex limps", date: "2026-05-01T10:00:00Z" };

async function mountMessages(props = {}) {
    await mountWithoutWebClient(Messages, {
        messages: [MESSAGE],
        outgoing: [],
        locked: false,
        onSend: (body) => expect.step(`send ${body}`),
        onRetry: (key) => expect.step(`retry ${key}`),
        onDiscard: (key) => expect.step(`discard ${key}`),
        ...props,
    });
}

test("Enter sends what was written and empties the box", async () => {
    await mountMessages();
    await click("[data-test=message-input]");
    await edit("Since when?", { confirm: false });
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["send Since when?"]);
    expect("[data-test=message-input]").toHaveValue("");
});

test("Shift and Enter begin a new line instead", async () => {
    await mountMessages();
    await click("[data-test=message-input]");
    await edit("First", { confirm: false });
    const options = { key: "Enter", shiftKey: true, bubbles: true, cancelable: true };
    const event = new KeyboardEvent("keydown", options);
    queryOne("[data-test=message-input]").dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
    expect.verifySteps([]);
});

test("blanks are not sent", async () => {
    await mountMessages();
    await click("[data-test=message-input]");
    await edit("   ", { confirm: false });
    await press("Enter");
    expect.verifySteps([]);
    expect("[data-test=message-send]").not.toBeEnabled();
});

test("a message on its way is seen as such", async () => {
    await mountMessages({ outgoing: [{ client_key: "k", body: "Hello", date: MESSAGE.date, status: "pending" }] });
    expect("[data-test=message][data-status=pending]").toHaveText(/Sending…/);
    expect("[data-test=message-retry]").toHaveCount(0);
});

test("a message that Odoo did not take yet can be sent at once by hand", async () => {
    const waiting = { client_key: "k", body: "Hello", date: MESSAGE.date, status: "pending", attempts: 2 };
    await mountMessages({ outgoing: [waiting] });
    expect("[data-test=message][data-status=pending]").toHaveText(/Not sent yet/);
    await click("[data-test=message-retry]");
    expect.verifySteps(["retry k"]);
});

test("a refused message says why", async () => {
    const failed = {
        client_key: "k",
        body: "Hello",
        date: MESSAGE.date,
        status: "failed",
        problem: "The chat is locked.",
    };
    await mountMessages({ outgoing: [failed] });
    expect("[data-test=message][data-status=failed]").toHaveText(/The chat is locked\./);
});

test("a locked conversation can be read but not written", async () => {
    await mountMessages({ locked: true });
    expect("[data-test=message]").toHaveCount(1);
    expect("[data-test=message-input]").toHaveCount(0);
    expect("[data-test=chat-locked]").toHaveText(/closed this conversation/);
});

test("addresses are links that tell the other site nothing", async () => {
    await mountMessages({ messages: [{ ...MESSAGE, body: "see https://clinic.example/x" }] });
    const link = queryOne("[data-test=message] a");
    expect(link.getAttribute("href")).toBe("https://clinic.example/x");
    expect(link.rel).toInclude("noreferrer");
});

test("markup in a message is shown as it was typed", async () => {
    await mountMessages({ messages: [{ ...MESSAGE, body: "<script>alert(1)</script>" }] });
    expect("[data-test=message] script").toHaveCount(0);
    expect("[data-test=message]").toHaveText(/<script>/);
});
