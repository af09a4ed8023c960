import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Visit extends models.Model {
    _name = "visit";
    waiting_since = fields.Datetime();
    _records = [
        { id: 1, waiting_since: "2026-05-01 10:00:00" },
        { id: 2, waiting_since: false },
        { id: 3, waiting_since: "2026-05-01 11:00:00" },
    ];
}

defineMailModels();
defineModels([Visit]);

async function showVisit(resId, now) {
    mockDate(now, 0);
    await mountView({
        type: "form",
        resModel: "visit",
        resId,
        arch: `<form><field name="waiting_since" widget="vet_waiting_time" readonly="1"/></form>`,
    });
}

test("the time counts up by itself", async () => {
    await showVisit(1, "2026-05-01 10:00:30");
    expect("[data-test=waiting-time]").toHaveText("less than 1 min");
    await advanceTime(3 * 60 * 1000);
    await animationFrame();
    expect("[data-test=waiting-time]").toHaveText("3 min");
});

test("the colour says when it gets long", async () => {
    await showVisit(1, "2026-05-01 10:04:00");
    expect("[data-test=waiting-time]").toHaveClass("text-bg-info");
    await advanceTime(60 * 1000 + 5000);
    await animationFrame();
    expect("[data-test=waiting-time]").toHaveClass("text-bg-warning");
    await advanceTime(5 * 60 * 1000);
    await animationFrame();
    expect("[data-test=waiting-time]").toHaveClass("text-bg-danger");
});

test("an hour and more is told in hours", async () => {
    await showVisit(1, "2026-05-01 11:05:00");
    expect("[data-test=waiting-time]").toHaveText("1 h 5 min");
});

test("a machine whose clock is slow shows no negative time", async () => {
    await showVisit(3, "2026-05-01 10:00:00");
    expect("[data-test=waiting-time]").toHaveText("less than 1 min");
});

test("nobody waiting, nothing shown", async () => {
    await showVisit(2, "2026-05-01 10:00:00");
    expect("[data-test=waiting-time]").toHaveCount(0);
});
