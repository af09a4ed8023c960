import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { Notices } from "@vet_teleconsult/room/notices/notices";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const LATE = { id: "live", level: "info", text: "Messages may arrive late." };
const SHARING = { id: "sharing", level: "info", text: "You are sharing your screen.", label: "Stop" };

async function mountNotices(notices) {
    let state;
    class Parent extends Component {
        static components = { Notices };
        static props = {};
        static template = xml`<Notices notices="state.notices"/>`;
        setup() {
            this.state = state = useState({ notices });
        }
    }
    await mountWithoutWebClient(Parent);
    return state;
}

test("notices are read out when they come", async () => {
    await mountNotices([LATE]);
    expect("[role=status]").toHaveAttribute("aria-live", "polite");
    expect("[data-test=notice]").toHaveText("Messages may arrive late.");
});

test("a notice with a next step has a button for it", async () => {
    await mountNotices([{ ...SHARING, action: () => expect.step("stopped") }]);
    await click("[data-test=notice] button");
    expect.verifySteps(["stopped"]);
});

test("a notice that was closed stays away until its cause comes anew", async () => {
    const state = await mountNotices([LATE]);
    await click("[data-test=notice] button");
    await animationFrame();
    expect("[data-test=notice]").toHaveCount(0);
    state.notices = [{ ...LATE }];
    await animationFrame();
    expect("[data-test=notice]").toHaveCount(0);
    state.notices = [];
    await animationFrame();
    state.notices = [LATE];
    await animationFrame();
    expect("[data-test=notice]").toHaveCount(1);
});
