import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { waitUntilSubscribe } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    models,
    mountView,
    onRpc,
    toggleKanbanColumnActions,
} from "@web/../tests/web_test_helpers";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";

describe.current.tags("desktop");

class Visit extends models.Model {
    _name = "visit";
    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["available", "Available"],
            ["waiting", "Waiting"],
        ],
    });
    _records = [
        { id: 1, name: "Rex", state: "available" },
        { id: 2, name: "Minka", state: "waiting" },
    ];
}

defineMailModels();
defineModels([Visit]);

async function openQueue() {
    onRpc("visit", "web_read_group", () => expect.step("read"));
    await mountView({
        type: "kanban",
        resModel: "visit",
        groupBy: ["state"],
        arch: `
            <kanban js_class="vet_teleconsult_queue_kanban" records_draggable="0">
                <templates><t t-name="card"><field name="name"/></t></templates>
            </kanban>`,
    });
    await waitUntilSubscribe();
    expect.verifySteps(["read"]);
}

const cards = () => queryAllTexts(".o_kanban_record:not(.o_kanban_ghost)");

/** What another vet does, and the server says. */
async function change(id, values) {
    MockServer.env["visit"].write([id], values);
    await announce();
}

async function announce() {
    MockServer.env["bus.bus"]._sendone("broadcast", "vet_teleconsult/queue", { company_id: 1, consultation_id: 1 });
    await animationFrame();
}

async function pass(milliseconds) {
    await advanceTime(milliseconds);
    await animationFrame();
}

test("a change elsewhere appears by itself", async () => {
    await openQueue();
    await change(1, { state: "waiting" });
    await pass(1000);
    expect.verifySteps(["read"]);
    expect(queryAllTexts(".o_kanban_group:last-child .o_kanban_record")).toEqual(["Rex", "Minka"]);
});

test("many changes at once are one refresh", async () => {
    await openQueue();
    for (let count = 0; count < 5; count++) {
        await announce();
    }
    await pass(1000);
    expect.verifySteps(["read"]);
});

test("a folded column stays folded", async () => {
    await openQueue();
    const clickColumnAction = await toggleKanbanColumnActions(0);
    await clickColumnAction("Fold");
    expect(".o_column_folded").toHaveCount(1);
    expect.verifySteps([]);
    await announce();
    await pass(1000);
    expect.verifySteps(["read"]);
    expect(".o_column_folded").toHaveCount(1);
    expect(cards()).toEqual(["Minka"]);
});

test("nothing moves while a dialog is open; the change appears when it closes", async () => {
    await openQueue();
    const close = getService("dialog").add(ConfirmationDialog, { body: "Sure?" });
    await animationFrame();
    await change(1, { name: "Rexine" });
    await pass(3000);
    expect.verifySteps([]);
    close();
    await animationFrame();
    await pass(1000);
    expect.verifySteps(["read"]);
    expect(cards()).toEqual(["Rexine", "Minka"]);
});

test("nothing moves under a card that is being dragged", async () => {
    await openQueue();
    queryOne(".o_kanban_record:contains(Rex)").classList.add("o_dragged");
    await announce();
    await pass(3000);
    expect.verifySteps([]);
    queryOne(".o_dragged").classList.remove("o_dragged");
    await pass(1000);
    expect.verifySteps(["read"]);
});

test("the card with the focus keeps it", async () => {
    await openQueue();
    await contains(".o_kanban_record:contains(Minka)").focus();
    await change(1, { state: "waiting" });
    await pass(1000);
    expect.verifySteps(["read"]);
    expect(".o_kanban_record:contains(Minka)").toBeFocused();
});

test("after the connection was lost the queue is read again", async () => {
    await openQueue();
    getService("bus_service").trigger("BUS:RECONNECT");
    await pass(1000);
    expect.verifySteps(["read"]);
});
