import { describe, expect, test } from "@odoo/hoot";
import { click, queryText } from "@odoo/hoot-dom";
import { makeCallState } from "@vet_teleconsult/room/call/call_state";
import { Lobby } from "@vet_teleconsult/room/lobby/lobby";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const CONSULTATION = {
    patient: { name: "Rex" },
    vet: { name: "Dr Meier" },
    owner: { name: "Anna Keller" },
    clinic: { name: "Riverside", phone: "+1 555 0100" },
    scheduled_at: null,
};

async function mountLobby({ problems = {}, ...props } = {}) {
    const nothing = () => {};
    await mountWithoutWebClient(Lobby, {
        consultation: CONSULTATION,
        role: "owner",
        local: { ...makeCallState().local, problems: { microphone: null, camera: null, ...problems } },
        checking: false,
        onMicrophone: nothing,
        onCamera: nothing,
        onFlip: nothing,
        onChooseDevice: nothing,
        onRetryDevices: () => expect.step("retry"),
        onJoin: () => expect.step("join"),
        ...props,
    });
}

test("with camera and microphone there is nothing to explain", async () => {
    await mountLobby();
    expect("[data-test=notice]").toHaveCount(0);
    expect(queryText("[data-test=join]")).toBe("Join the consultation");
    await click("[data-test=join]");
    expect.verifySteps(["join"]);
});

test("without a camera a person joins by sound", async () => {
    await mountLobby({ problems: { camera: "not-found" } });
    expect("[data-notice=camera]").toHaveText(/No camera was found/);
    expect(queryText("[data-test=join]")).toBe("Join with sound only");
    expect("[data-test=join]").toBeEnabled();
});

test("without either a person joins by messages", async () => {
    await mountLobby({ problems: { camera: "not-found", microphone: "not-found" } });
    expect(queryText("[data-test=join]")).toBe("Join with messages only");
    expect("[data-test=join]").toBeEnabled();
});

test("a refused permission comes with the way to grant it, and a second try", async () => {
    await mountLobby({ problems: { microphone: "denied" } });
    expect("[data-notice=microphone]").toHaveText(/Your microphone is blocked for this page\. .*[Rr]eload the page\./);
    await click("[data-test=retry-devices]");
    expect.verifySteps(["retry"]);
});

test("a camera in use elsewhere names the remedy", async () => {
    await mountLobby({ problems: { camera: "in-use" } });
    expect("[data-notice=camera]").toHaveText(/Close that program/);
});

test("inside another app's browser the usual browser is recommended", async () => {
    await mountLobby({ app: "Instagram" });
    expect("[data-notice=in-app]").toHaveText(/does not work here in Instagram/);
});

test("the clinic's phone number is there for whoever gets stuck", async () => {
    await mountLobby();
    expect('a[href="tel:+1 555 0100"]').toHaveCount(1);
});

test("nobody joins before the devices have been checked", async () => {
    await mountLobby({ checking: true });
    expect("[data-test=join]").not.toBeEnabled();
});
