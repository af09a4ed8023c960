import { describe, expect, test } from "@odoo/hoot";
import { click, press, queryAll, queryOne, setInputFiles } from "@odoo/hoot-dom";
import { animationFrame, mockUserAgent } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { AttachMenu } from "@vet_teleconsult/chat/uploader/attach_menu";
import { DropZone } from "@vet_teleconsult/chat/uploader/drop_zone";
import { mountWithoutWebClient } from "../room/mount_without_web_client";
import { clip } from "./fake_service";

describe.current.tags("desktop");

const queue = {
    add: (files, options) => expect.step([[...files].map(({ name }) => name), options]),
    refuse: (name) => expect.step(`refused ${name}`),
};

async function mountMenu(props = {}) {
    await mountWithoutWebClient(AttachMenu, {
        queue,
        role: "owner",
        onRecord: () => expect.step("record"),
        onRecordScreen: () => expect.step("record screen"),
        ...props,
    });
}

const choices = () => queryAll("[role=menuitem]").map(({ dataset }) => dataset.test);

test("on a desktop there is no camera app to open", async () => {
    await mountMenu();
    await click("[data-test=attach]");
    await animationFrame();
    expect(choices()).toEqual(["attach-gallery", "attach-record", "attach-document"]);
});

test("on a phone a photo or a video is taken with the phone's own camera", async () => {
    mockUserAgent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1");
    await mountMenu();
    await click("[data-test=attach]");
    await animationFrame();
    expect(choices()).toEqual(["attach-gallery", "attach-photo", "attach-video", "attach-record", "attach-document"]);
    for (const hook of ["file-photo", "file-video"]) {
        expect(`[data-test=${hook}]`).toHaveAttribute("capture", "environment");
    }
});

test("a vet records the screen, an owner does not", async () => {
    await mountMenu({ role: "vet" });
    await click("[data-test=attach]");
    await animationFrame();
    expect(choices()).toInclude("attach-screen");
    await click("[data-test=attach-screen]");
    await animationFrame();
    expect.verifySteps(["record screen"]);
    expect("[role=menu]").toHaveCount(0);
});

test("several files of the gallery are sent at once, and the same can be chosen again", async () => {
    await mountMenu();
    const input = queryOne("[data-test=file-gallery]");
    expect(input).toHaveAttribute("accept", "image/*,video/*");
    expect(input.multiple).toBe(true);
    await click(input);
    await setInputFiles([clip(10, "a.mp4"), clip(10, "b.mp4")]);
    expect.verifySteps([[["a.mp4", "b.mp4"], { origin: "file" }]]);
    expect(input.value).toBe("");
});

test("what the camera app took is known as such", async () => {
    await mountMenu();
    await click("[data-test=file-video]");
    await setInputFiles([clip(10, "a.mp4")]);
    expect.verifySteps([[["a.mp4"], { origin: "camera" }]]);
});

test("the menu works with the keyboard and gives the focus back", async () => {
    await mountMenu();
    await click("[data-test=attach]");
    await animationFrame();
    expect("[data-test=attach-gallery]").toBeFocused();
    await press("ArrowDown");
    expect("[data-test=attach-record]").toBeFocused();
    await press("End");
    expect("[data-test=attach-document]").toBeFocused();
    await press("ArrowDown");
    expect("[data-test=attach-gallery]").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect("[role=menu]").toHaveCount(0);
    expect("[data-test=attach]").toBeFocused();
});

test("nothing can be attached where nothing may be sent", async () => {
    await mountMenu({ disabled: true });
    expect("[data-test=attach]").not.toBeEnabled();
});

// -------------------------------------------------------------- drop and paste

async function mountZone(props = {}) {
    class Place extends Component {
        static components = { DropZone };
        static props = ["*"];
        static template = xml`
            <DropZone queue="props.queue" disabled="props.disabled">
                <textarea class="inside"/>
            </DropZone>
            <textarea class="outside"/>`;
    }
    await mountWithoutWebClient(Place, { queue, disabled: false, ...props });
}

function transfer(...files) {
    const carried = new DataTransfer();
    files.forEach((file) => carried.items.add(file));
    return carried;
}

function fire(target, type, values) {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, values);
    queryOne(target).dispatchEvent(event);
    return event;
}

test("a file over the zone shows that it can be dropped, also while it moves over what is inside", async () => {
    await mountZone();
    const dataTransfer = transfer(clip(10));
    fire("[data-test=drop-zone]", "dragenter", { dataTransfer });
    fire(".inside", "dragenter", { dataTransfer });
    fire("[data-test=drop-zone]", "dragleave", { dataTransfer });
    await animationFrame();
    expect("[data-test=drop-hint]").toHaveCount(1);
    fire(".inside", "dragleave", { dataTransfer });
    await animationFrame();
    expect("[data-test=drop-hint]").toHaveCount(0);
});

test("a dropped file is sent, and never opened in place of the page", async () => {
    await mountZone();
    const event = fire(".inside", "drop", { dataTransfer: transfer(clip(10)) });
    expect(event.defaultPrevented).toBe(true);
    expect.verifySteps([[["limping.mp4"], { origin: "file" }]]);
});

test("dropped text is none of its business", async () => {
    await mountZone();
    const dataTransfer = new DataTransfer();
    dataTransfer.setData("text/plain", "Rex");
    expect(fire(".inside", "drop", { dataTransfer }).defaultPrevented).toBe(false);
});

test("where nothing may be sent a dropped file is held back", async () => {
    await mountZone({ disabled: true });
    expect(fire(".inside", "drop", { dataTransfer: transfer(clip(10)) }).defaultPrevented).toBe(true);
    expect.verifySteps([]);
});

test("a pasted picture is sent under a name that says when", async () => {
    const pasted = [];
    await mountZone({ queue: { add: (files) => pasted.push(...files) } });
    fire(".inside", "paste", { clipboardData: transfer(new File(["x"], "image.png", { type: "image/png" })) });
    expect(pasted[0].name).toMatch(/^Picture .*\d\d\.\d\d.*\.png$/);
});

test("beside text, which office programs put there too, the picture is left out", async () => {
    await mountZone();
    const clipboardData = transfer(new File(["x"], "image.png", { type: "image/png" }));
    clipboardData.setData("text/plain", "A table");
    expect(fire(".inside", "paste", { clipboardData }).defaultPrevented).toBe(false);
    expect.verifySteps([]);
});

test("what is pasted somewhere else is left alone", async () => {
    await mountZone();
    fire(".outside", "paste", { clipboardData: transfer(clip(10)) });
    expect.verifySteps([]);
});
