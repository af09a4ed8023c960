import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, edit, queryOne, waitFor, waitUntil } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { ApiError } from "@vet_teleconsult/core/api";
import { Memory } from "@vet_teleconsult/core/memory";
import { Notes } from "@vet_teleconsult/room/side_panel/notes/notes";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

/** The room around the notes: what it keeps, and what it was asked to save. */
let room;
let save;

class Around extends Component {
    static template = xml`
        <Notes
            t-if="state.isShown"
            written="state.written"
            added="0"
            memory="memory"
            onTyping="(save) => this.onTyping(save)"
            onSave="(changes) => this.save(changes)"
        />`;
    static components = { Notes };
    static props = [];

    setup() {
        this.memory = new Memory("sessionStorage", "room.5");
        this.state = useState({
            isShown: true,
            written: { note: "<p>Fleas.</p>", note_shared: false, recommendations: "", next_steps: "" },
        });
        room = this;
    }

    onTyping(saveShown) {
        this.saveShown = saveShown;
    }

    async save(changes) {
        expect.step(JSON.stringify(changes));
        await save();
        this.state.written = { ...this.state.written, ...changes };
    }
}

beforeEach(async () => {
    save = async () => {};
    await mountWithoutWebClient(Around);
});

/** @param {string} name of the field's `data-test` */
async function type(name, text) {
    await click(`[data-test=${name}]`);
    await edit(text);
}

test("recommendations, next steps and sharing are saved with the note, by one button", async () => {
    await type("note-recommendations", "Clean the ear.");
    await type("note-next-steps", "Recheck.");
    await click("[data-test=note-shared]");
    await waitFor("[role=status]:contains(Not saved yet.)");
    await click("[data-test=note-save]");
    await waitFor("[role=status]:contains(Saved on the consultation.)");
    expect.verifySteps(['{"note_shared":true,"recommendations":"Clean the ear.","next_steps":"Recheck."}']);
});

test("what a colleague writes on the form shows, and is not overwritten", async () => {
    room.state.written = { ...room.state.written, recommendations: "No swimming." };
    await waitUntil(() => queryOne("[data-test=note-recommendations]").value === "No swimming.");
    await type("note-next-steps", "Recheck.");
    await click("[data-test=note-save]");
    await waitFor("[role=status]:contains(Saved on the consultation.)");
    expect.verifySteps(['{"next_steps":"Recheck."}']);
});

test("what is being typed stays when a colleague saves something", async () => {
    await type("note-recommendations", "Clean the ear.");
    room.state.written = { ...room.state.written, recommendations: "No swimming." };
    await animationFrame();
    expect("[data-test=note-recommendations]").toHaveValue("Clean the ear.");
});

test("what is typed and not saved is there again when the notes are", async () => {
    await type("note-recommendations", "Clean the ear.");
    room.state.isShown = false;
    await animationFrame();
    room.state.isShown = true;
    await waitFor("[role=status]:contains(Not saved yet.)");
    expect("[data-test=note-recommendations]").toHaveValue("Clean the ear.");
    expect("[data-test=note-editor]").toHaveText("Fleas.");
});

test("what could not be saved says so and stays", async () => {
    save = async () => {
        throw new ApiError("offline");
    };
    await type("note-next-steps", "Recheck.");
    expect(await room.saveShown()).toBe(false);
    await waitFor("[role=status]:contains(could not be saved)");
    expect("[data-test=note-next-steps]").toHaveValue("Recheck.");
    expect(room.memory.get("typed")).toEqual({ next_steps: "Recheck." });
    expect.verifySteps(['{"next_steps":"Recheck."}']);
});

test("the room saves what is typed, for as long as the notes are shown", async () => {
    await type("note-next-steps", "Recheck.");
    expect(await room.saveShown()).toBe(true);
    expect(room.memory.get("typed")).toBe(null);
    room.state.isShown = false;
    await animationFrame();
    expect(room.saveShown).toBe(null);
    expect.verifySteps(['{"next_steps":"Recheck."}']);
});
