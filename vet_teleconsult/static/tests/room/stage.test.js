import { describe, expect, test } from "@odoo/hoot";
import { makeCallState } from "@vet_teleconsult/room/call/call_state";
import { Stage } from "@vet_teleconsult/room/stage/stage";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const other = (id, role) => ({
    id,
    session: "s",
    role,
    name: id,
    state: {},
    connection: "connected",
    quality: "good",
    streams: {},
    absent: false,
});

async function showStage(...others) {
    await mountWithoutWebClient(Stage, {
        others,
        local: makeCallState().local,
        connection: "connected",
        waitingText: "Please wait",
        onBlocked: () => {},
    });
}

test("with one other one's own picture is in a corner", async () => {
    await showStage(other("vet-1", "vet"));
    expect(".o_vet_self--top-right").toHaveCount(1);
    expect("[data-test=self-view-move]").toHaveCount(1);
});

test("beside three others one's own picture is the fourth of a size", async () => {
    await showStage(other("vet-1", "vet"), other("guest-1", "guest"), other("guest-2", "guest"));
    expect(".o_vet_self--tiled").toHaveCount(1);
    expect("[data-test=self-view-move]").toHaveCount(0);
    expect(".o_vet_stage__people").toHaveAttribute("data-count", "3");
});

test("a guest is named as one", async () => {
    await showStage(other("vet-1", "vet"), other("guest-1", "guest"));
    expect(".o_vet_stage__role").toHaveCount(1);
    expect(".o_vet_stage__name:contains(guest-1)").toHaveText(/Guest/);
});
