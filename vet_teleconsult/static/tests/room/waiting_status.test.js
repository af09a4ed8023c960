import { describe, expect, test } from "@odoo/hoot";
import { queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { formatTime } from "@vet_teleconsult/core/times";
import { WaitingStatus } from "@vet_teleconsult/room/waiting/waiting_status";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

const STATUS = {
    state: "waiting",
    scheduled_at: "2026-05-04T10:00:00Z",
    place: null,
    vet: { name: "Dr Meier" },
    vet_here: false,
    vet_busy: false,
};

/** @param {string} time at the clinic, such as "10:05:00" */
async function showStatus(time, values = {}, { joined = true } = {}) {
    mockDate("2026-05-04T10:00:00", 0);
    const status = { ...STATUS, now: `2026-05-04T${time}Z`, at: Date.now(), ...values };
    await mountWithoutWebClient(WaitingStatus, { status, clinic: { name: "Riverside" }, joined });
}

const state = () => document.querySelector("[data-test=waiting-status]")?.dataset.state;
const words = () => queryText("[data-test=waiting-status]");

test("before the time the owner is told that they are expected, and when", async () => {
    await showStatus("09:50:00");
    expect("[data-test=waiting-status]").toHaveAttribute("data-state", "expected");
    expect(words()).toMatch(new RegExp(`You are expected at ${formatTime(STATUS.scheduled_at)}`));
});

test("a vet who is in the room is here", async () => {
    await showStatus("09:58:00", { vet_here: true }, { joined: false });
    expect(words()).toMatch(/Dr Meier is here.*Please join now/s);
});

test("a vet of a consultation that nobody has claimed is called by the clinic's name", async () => {
    await showStatus("09:58:00", { vet_here: true, vet: null });
    expect(words()).toMatch(/Riverside is here/);
});

test("a vet who does not come becomes late by the passing of time", async () => {
    await showStatus("10:00:30");
    expect("[data-test=waiting-status]").toHaveAttribute("data-state", "soon");
    await advanceTime(12 * 60 * 1000);
    await animationFrame();
    expect("[data-test=waiting-status]").toHaveAttribute("data-state", "late");
    expect(words()).toMatch(/Dr Meier is late/);
    expect(words()).toMatch(new RegExp(`Your appointment was at ${formatTime(STATUS.scheduled_at)}, 12 minutes ago`));
});

test("the minutes are those of the clinic's clock, not of this machine", async () => {
    await showStatus("10:30:00");
    expect(words()).toMatch(/30 minutes ago/);
});

test("a vet with another patient is said to be, without a word about whom", async () => {
    await showStatus("10:00:00", { vet_busy: true });
    expect("[data-test=waiting-status]").toHaveAttribute("data-state", "busy");
    expect(words()).toMatch(/Dr Meier is with another patient.*your turn after that/s);
});

test("whoever stands in line is told how many are before them", async () => {
    await showStatus("10:00:00", { vet: null, place: 3 });
    expect(words()).toMatch(/3 owners are before you/);
});

test("one before is one owner", async () => {
    await showStatus("10:00:00", { vet: null, place: 1 });
    expect(words()).toMatch(/One owner is before you/);
});

test("the first in line is next", async () => {
    await showStatus("10:00:00", { vet: null, place: 0 });
    expect(state()).toBe("next");
    expect(words()).toMatch(/You are next/);
});

test("whoever has not joined is asked to, so that the clinic sees them", async () => {
    await showStatus("10:00:00", { vet: null, place: 0 }, { joined: false });
    expect(words()).toMatch(/Please join/);
});

test("of an appointment on another day the day is named", async () => {
    await showStatus("10:00:00", { scheduled_at: "2026-05-12T08:30:00Z" });
    expect(words()).toMatch(new RegExp(`12.*${formatTime("2026-05-12T08:30:00Z")}`));
});
