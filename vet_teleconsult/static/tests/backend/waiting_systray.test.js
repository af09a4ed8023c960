import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, waitFor, waitForNone } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { waitUntilSubscribe } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, MockServer, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { user } from "@web/core/user";
import { Chime } from "@vet_teleconsult/backend/waiting_systray/chime";

describe.current.tags("desktop");
defineMailModels();

const REX = {
    id: 1,
    patient: "Rex",
    species: "Dog",
    owner: "Anna Keller",
    type: "Video",
    company: null,
    mode: "video",
    waiting_since: "2026-05-04T10:00:00Z",
    is_mine: true,
    has_come: true,
    owner_present: true,
    red_flags: [],
    device_check: { state: "warning", summary: "The camera is blocked." },
};
const OTIS = {
    ...REX,
    id: 2,
    patient: "Otis",
    owner: "Otto",
    waiting_since: "2026-05-04T10:04:00Z",
    is_mine: false,
    device_check: null,
};

let waiting;

beforeEach(() => {
    waiting = [];
    mockDate("2026-05-04T10:07:00", 0);
    onRpc("vet.consultation", "get_waiting_list", () => waiting);
    patchWithCleanup(Chime.prototype, { ring: () => expect.step("ring") });
});

async function openOdoo() {
    patchWithCleanup(user, { hasGroup: async () => true });
    await mountWithCleanup(WebClient);
    await waitFor("[data-test=waiting-systray]");
    await waitUntilSubscribe();
    await animationFrame();
}

/** Somebody comes or goes, and the server says so. */
async function change(entries) {
    waiting = entries;
    MockServer.env["bus.bus"]._sendone("broadcast", "vet_teleconsult/queue", { company_id: 1, consultation_id: 1 });
    await animationFrame();
    await advanceTime(400);
    await animationFrame();
}

test("whoever waits already is counted and listed, without a sound", async () => {
    waiting = [REX, OTIS];
    await openOdoo();
    expect(".o_vet_waiting__count").toHaveText("2");
    await click("[data-test=waiting-systray]");
    await animationFrame();
    expect(queryAllTexts("[data-test=waiting-minutes]")).toEqual(["7 min", "3 min"]);
    expect("[data-id='1'] [data-test=waiting-devices]").toHaveAttribute("data-state", "warning");
    expect("[data-id='2']").toHaveText(/Available/);
    expect.verifySteps([]);
});

test("somebody who comes is announced with a sound, and the room is one click away", async () => {
    onRpc("vet.consultation", "action_start", ({ args }) => {
        expect.step(`start ${args[0]}`);
        return { type: "ir.actions.act_window_close" };
    });
    await openOdoo();
    await change([REX]);
    await waitFor(".o_vet_waiting_notification:contains(Anna Keller with Rex is waiting for you)");
    await animationFrame();
    expect.verifySteps(["ring"]);
    await click(".o_vet_waiting_notification button:contains(Open the room)");
    await animationFrame();
    expect.verifySteps(["start 1"]);
});

test("whoever opens the list has no notices on top of it", async () => {
    await openOdoo();
    await change([REX]);
    await waitFor(".o_vet_waiting_notification");
    await click("[data-test=waiting-systray]");
    await waitForNone(".o_vet_waiting_notification");
    expect("[data-test=waiting-entry]").toHaveCount(1);
    expect.verifySteps(["ring"]);
});

test("who waits for any vet is said to", async () => {
    await openOdoo();
    await change([OTIS]);
    await waitFor(".o_vet_waiting_notification:contains(is waiting for a vet)");
    await animationFrame();
    expect.verifySteps(["ring"]);
});

test("a call by phone that is due is announced as one", async () => {
    await openOdoo();
    await change([{ ...OTIS, mode: "phone", has_come: false, owner_present: false }]);
    await waitFor(".o_vet_waiting_notification:contains(Otto with Otis is waiting for a vet's call)");
    await waitFor(".o_vet_waiting_notification button:contains(Open the consultation)");
    await animationFrame();
    expect.verifySteps(["ring"]);
    await click("[data-test=waiting-systray]");
    await animationFrame();
    expect("[data-id='2']").toHaveText(/by phone/);
});

test("red flags are said when somebody is announced, and stand in the list", async () => {
    await openOdoo();
    await change([{ ...REX, red_flags: ["It cannot get up"] }]);
    await waitFor(".o_vet_waiting_notification:contains(Red flags: It cannot get up)");
    await animationFrame();
    expect.verifySteps(["ring"]);
    await click("[data-test=waiting-systray]");
    await animationFrame();
    expect("[data-test=waiting-red-flags]").toHaveText("It cannot get up");
});

test("nobody is announced twice", async () => {
    await openOdoo();
    await change([REX]);
    await change([{ ...REX, device_check: null }]);
    expect.verifySteps(["ring"]);
    expect(".o_vet_waiting_notification").toHaveCount(1);
});

test("the announcement goes when the owner is taken or has left", async () => {
    await openOdoo();
    await change([REX]);
    await waitFor(".o_vet_waiting_notification");
    await change([]);
    await waitForNone(".o_vet_waiting_notification");
    expect(".o_vet_waiting__count").toHaveCount(0);
    expect.verifySteps(["ring"]);
});

test("a vet who wants no sound hears none, and it is remembered", async () => {
    onRpc("res.users.settings", "set_res_users_settings", ({ kwargs }) => {
        expect.step(JSON.stringify(kwargs.new_settings));
        return kwargs.new_settings;
    });
    await openOdoo();
    await click("[data-test=waiting-systray]");
    await animationFrame();
    await click("[data-test=waiting-sound]");
    await animationFrame();
    expect.verifySteps(['{"vet_waiting_sound":false}']);
    await change([REX]);
    await waitFor(".o_vet_waiting_notification");
    expect.verifySteps([]);
});

test("the minutes count up by themselves", async () => {
    waiting = [REX];
    await openOdoo();
    await click("[data-test=waiting-systray]");
    await animationFrame();
    await advanceTime(2 * 60 * 1000);
    await animationFrame();
    expect("[data-test=waiting-minutes]").toHaveText("9 min");
});

test("whoever is no vet has nothing of it", async () => {
    patchWithCleanup(user, { hasGroup: async () => false });
    waiting = [REX];
    await mountWithCleanup(WebClient);
    await animationFrame();
    expect("[data-test=waiting-systray]").toHaveCount(0);
    expect(getService("vet_teleconsult.waiting").state.entries).toEqual([]);
});
