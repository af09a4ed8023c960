import { describe, expect, test } from "@odoo/hoot";
import { click, press, queryAll } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { makeCallState } from "@vet_teleconsult/room/call/call_state";
import { ControlBar } from "@vet_teleconsult/room/control_bar/control_bar";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

async function mountBar({ local = {}, ...props } = {}) {
    const step = (name) => () => expect.step(name);
    await mountWithoutWebClient(ControlBar, {
        local: {
            ...makeCallState().local,
            microphone: true,
            camera: true,
            canFlip: true,
            canShare: true,
            ...local,
        },
        microphoneTrack: null,
        recordingState: null,
        onMicrophone: step("microphone"),
        onCamera: step("camera"),
        onFlip: step("flip"),
        onShareScreen: step("share-screen"),
        onRecord: step("record"),
        onChooseDevice: (kind, id) => expect.step(`${kind} ${id}`),
        onHangUp: step("hang-up"),
        ...props,
    });
}

test("each button does its one thing", async () => {
    await mountBar({ recordingState: "off" });
    const names = ["microphone", "camera", "flip", "share-screen", "record", "hang-up"];
    for (const name of names) {
        await click(`[data-test=${name}]`);
    }
    expect.verifySteps(names);
});

test("a device that is on is a pressed button", async () => {
    await mountBar({ local: { camera: false } });
    expect("[data-test=microphone]").toHaveAttribute("aria-pressed", "true");
    expect("[data-test=camera]").toHaveAttribute("aria-pressed", "false");
});

test("an owner has no button to record", async () => {
    await mountBar({ recordingState: null });
    expect("[data-test=record]").toHaveCount(0);
});

test("while a recording is asked for or runs, the button stops it", async () => {
    await mountBar({ recordingState: "asking" });
    expect("[data-test=record]").toHaveAttribute("title", "Stop the recording");
});

test("with one camera there is nothing to flip, on a phone no screen to share", async () => {
    await mountBar({ local: { canFlip: false, canShare: false } });
    expect("[data-test=flip]").toHaveCount(0);
    expect("[data-test=share-screen]").toHaveCount(0);
});

test("every button is large enough for a thumb", async () => {
    await mountBar({ recordingState: "off" });
    for (const button of queryAll(".o_vet_bar__button")) {
        const { width, height } = button.getBoundingClientRect();
        expect(Math.min(width, height)).toBeGreaterThan(43);
    }
});

test("devices are chosen in a menu that Escape closes", async () => {
    const microphones = [
        { id: "a", label: "Built-in" },
        { id: "b", label: "Headset" },
    ];
    await mountBar({ local: { lists: { microphones, cameras: [], speakers: [] } } });
    await click("[data-test=devices]");
    await animationFrame();
    const menu = queryAll("[data-test=select-microphone]")[0];
    menu.value = "b";
    menu.dispatchEvent(new Event("change"));
    expect.verifySteps(["microphone b"]);
    await press("Escape");
    await animationFrame();
    expect("[data-test=select-microphone]").toHaveCount(0);
    expect("[data-test=devices]").toBeFocused();
});
