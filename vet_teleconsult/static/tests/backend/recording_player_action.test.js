import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { waitForChannels } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockServer,
    MockServer,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { RoomApi } from "@vet_teleconsult/core/api";

describe.current.tags("desktop");

class Consultation extends models.Model {
    _name = "vet.consultation";
    name = fields.Char();
    _records = [{ id: 4, name: "VC/2026/00004" }];
}

class Recording extends models.Model {
    _name = "vet.recording";
    display_name = fields.Char();
    consultation_id = fields.Many2one({ relation: "vet.consultation" });
    state = fields.Char();
    message = fields.Char();
    _records = [{ id: 9, display_name: "Rex", consultation_id: 4, state: "processing", message: false }];
}

defineMailModels();
defineModels([Consultation, Recording]);

const PLAYER = {
    id: 9,
    name: "Rex",
    started_at: "2026-05-01T10:00:00Z",
    duration: 12,
    participants: [{ id: "vet-2", role: "vet", name: "Dr. Meier" }],
    files: [],
    download_url: "/vet/recording/9/download",
    events: [],
};

async function openRecording(state, message = false, recordingId = 9) {
    onRpc("vet.consultation", "get_waiting_list", () => []);
    patchWithCleanup(RoomApi.prototype, {
        async recording(id) {
            expect.step(`asked for ${id}`);
            return PLAYER;
        },
    });
    await makeMockServer();
    MockServer.env["vet.recording"].write([9], { state, message });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "vet_teleconsult.recording_player",
        params: { recording_id: recordingId },
    });
    await animationFrame();
}

test("a recording that is ready plays", async () => {
    await openRecording("ready");
    expect.verifySteps(["asked for 9"]);
    expect("[data-test=player]").toHaveCount(1);
    expect(".o_breadcrumb").toHaveText(/Rex/);
});

test("a recording under way says so, and is not asked for", async () => {
    await openRecording("recording");
    expect("[data-test=recording-message]").toHaveText(/This call is still being recorded\./);
    expect.verifySteps([]);
});

test("a recording that failed says why", async () => {
    await openRecording("failed", "The disk was full.");
    expect("[data-test=recording-message]").toHaveText(/The recording failed\./);
    expect("[data-test=recording-message]").toHaveText(/The disk was full\./);
    expect.verifySteps([]);
});

test("a recording that becomes ready plays without a reload", async () => {
    await openRecording("processing");
    expect("[data-test=recording-message]").toHaveText(/being prepared/);
    await waitForChannels(["vet_consultation_4"]);
    MockServer.env["vet.recording"].write([9], { state: "ready" });
    MockServer.env["bus.bus"]._sendone("vet_consultation_4", "vet_teleconsult/consultation", {
        state: "done",
        recordings: [{ id: 9, state: "ready" }],
    });
    await expect.waitForSteps(["asked for 9"]);
    await animationFrame();
    expect("[data-test=player]").toHaveCount(1);
});

test("a recording that does not exist says so", async () => {
    await openRecording("ready", false, 77);
    expect("[data-test=recording-message]").toHaveText(/does not exist, or you may not see it/);
    expect.verifySteps([]);
});

test("closing the player leads to the consultation", async () => {
    await openRecording("ready");
    expect.verifySteps(["asked for 9"]);
    patchWithCleanup(getService("action"), {
        doAction(action) {
            expect.step(`${action.res_model} ${action.res_id}`);
        },
    });
    await contains("[data-test=player-close]").click();
    expect.verifySteps(["vet.consultation 4"]);
});
