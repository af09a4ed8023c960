import { describe, expect, test } from "@odoo/hoot";
import { click, queryOne, queryText } from "@odoo/hoot-dom";
import { ConsentDialog } from "@vet_teleconsult/room/consent/consent_dialog";
import { mountWithoutWebClient } from "./mount_without_web_client";

describe.current.tags("desktop");

async function mountDialog(props = {}) {
    await mountWithoutWebClient(ConsentDialog, {
        text: "We record for the medical record.\nKept for two years.",
        busy: false,
        onAgree: () => expect.step("agree"),
        onRefuse: () => expect.step("refuse"),
        ...props,
    });
}

test("the question shows the clinic's own text and takes the focus", async () => {
    await mountDialog();
    expect("[data-test=consent-dialog]").toHaveText(/We record for the medical record\./);
    expect("[data-test=consent-dialog] h2").toBeFocused();
});

test("agreeing and going on without recording are two clear answers", async () => {
    await mountDialog();
    await click("[data-test=consent-agree]");
    await click("[data-test=consent-refuse]");
    expect.verifySteps(["agree", "refuse"]);
    expect(queryText("[data-test=consent-refuse]")).toBe("Continue without recording");
});

test("neither answer can be given twice while the first is being stored", async () => {
    await mountDialog({ busy: true });
    expect(queryOne("[data-test=consent-agree]").disabled).toBe(true);
    expect(queryOne("[data-test=consent-refuse]").disabled).toBe(true);
});

test("an answer that could not be stored is said, and can be given again", async () => {
    await mountDialog({ problem: "Your answer could not be stored." });
    expect("[role=alert]").toHaveText("Your answer could not be stored.");
    expect("[data-test=consent-agree]").toBeEnabled();
});

test("clinic text with markup is shown as text", async () => {
    await mountDialog({ text: "<b>bold</b>" });
    expect("#o_vet_consent_text b").toHaveCount(0);
    expect("#o_vet_consent_text").toHaveText("<b>bold</b>");
});
