import { describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryOne, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { ApiError } from "@vet_teleconsult/core/api";
import { Guests } from "@vet_teleconsult/room/guests/guests";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const BEN = {
    id: 5,
    participant: "guest-5",
    name: "Ben",
    kind: "family",
    email: null,
    url: "https://clinic.example/vet/room/1/ben",
    state: "invited",
};
const EVE = { ...BEN, id: 6, participant: "guest-6", name: "Eve", email: "eve@example.org", state: "present" };

async function openPanel(guests = [], onChange = async (...values) => expect.step(JSON.stringify(values))) {
    await mountWithoutWebClient(Guests, { guests, onChange });
    await click("[data-test=guests]");
    await animationFrame();
}

async function write(hook, text) {
    await click(`[data-test=${hook}]`);
    await edit(text);
    await animationFrame();
}

test("a guest with a name is invited, and the link is there to copy", async () => {
    await openPanel();
    expect("[data-test=guest-invite]").not.toBeEnabled();
    await write("guest-name", " Ben ");
    await click("[data-test=guest-invite]");
    await animationFrame();
    expect.verifySteps(['["invite",{"name":"Ben","kind":"family","email":null,"send":false}]']);
    expect("[data-test=guest-name]").toHaveValue("");
});

test("with an address the link is mailed at once", async () => {
    await openPanel();
    await write("guest-name", "Eve");
    await write("guest-email", "eve@example.org");
    await click("input[value=colleague]");
    expect("[data-test=guest-invite]").toHaveText("Invite and mail the link");
    await click("[data-test=guest-invite]");
    await animationFrame();
    expect.verifySteps(['["invite",{"name":"Eve","kind":"colleague","email":"eve@example.org","send":true}]']);
});

test("each guest is shown with their link and whether they are here", async () => {
    await openPanel([BEN, EVE]);
    expect("[data-guest='5'] [data-test=guest-link]").toHaveValue(BEN.url);
    expect("[data-guest='5']").toHaveText(/Family · invited/);
    expect("[data-guest='6']").toHaveText(/Family · in the room/);
    expect("[data-test=guest-send]").toHaveCount(1);
});

test("a full room takes no further guest until one is removed", async () => {
    await openPanel([BEN, EVE]);
    expect("[data-test=guest-invite]").toHaveCount(0);
    expect("[data-test=guests-full]").toHaveCount(1);
    await click("[data-guest='5'] [data-test=guest-remove]");
    expect.verifySteps(['["remove",{"guest_id":5}]']);
});

test("why a guest cannot be invited is said, and what was written stays", async () => {
    await openPanel([], async () => {
        throw new ApiError("invalid", "“nonsense” is not an e-mail address.");
    });
    await write("guest-name", "Ben");
    await click("[data-test=guest-invite]");
    await waitFor("[data-test=guest-problem]");
    expect("[data-test=guest-problem]").toHaveText(/not an e-mail address/);
    expect("[data-test=guest-name]").toHaveValue("Ben");
});

test("Escape closes the list and gives the focus back to its button", async () => {
    await openPanel([BEN]);
    await press("Escape");
    await animationFrame();
    expect("[data-test=guests-panel]").toHaveCount(0);
    expect(queryOne("[data-test=guests]")).toBeFocused();
});

test("the button counts who is invited", async () => {
    await openPanel([BEN, EVE]);
    expect("[data-test=guests]").toHaveText("Guests (2)");
});
