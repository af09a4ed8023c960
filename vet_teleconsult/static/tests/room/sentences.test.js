import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { blockedSentence, consentSentence, deviceSentence, recordingSentence } from "@vet_teleconsult/room/sentences";

describe.current.tags("headless");

beforeEach(allowTranslations);

const CODES = [
    "insecure",
    "in-app",
    "unsupported",
    "link_expired",
    "link_revoked",
    "cancelled",
    "finished",
    "no_sidecar",
    "access_denied",
    "session_expired",
    "replaced",
    "revoked",
    "origin",
    "offline",
    "timeout",
    "server",
];

test("every failure has a title and a next step of its own", () => {
    const titles = CODES.map((code) => String(blockedSentence(code, { app: "Facebook" }).title));
    // `revoked` and `link_revoked`, `timeout` and `offline` are one thing each to a person.
    expect(new Set(titles).size).toBe(CODES.length - 2);
    for (const code of CODES) {
        expect(String(blockedSentence(code, { app: "Facebook" }).text)).toMatch(/\w{3}/);
    }
});

test("a failure that nobody foresaw is explained as the server's", () => {
    expect(blockedSentence("bewildered").title).toEqual(blockedSentence("server").title);
});

test("Odoo's own words come before ours", () => {
    const { text } = blockedSentence("link_expired", { sentence: "Expired on Monday.", nextStep: "Call us." });
    expect(text).toBe("Expired on Monday. Call us.");
});

test("what ends a call is said in the words of the page of its link", () => {
    expect(blockedSentence("link_expired").text).toBe("This link has expired. Ask the clinic for a new link.");
    expect(blockedSentence("revoked").text).toBe(
        "The clinic has withdrawn this link. Look for a newer message from the clinic, or ask them for a new link."
    );
    expect(blockedSentence("cancelled").text).toBe(
        "This consultation does not take place. Call the clinic to find another time."
    );
});

test("an answer about the recording that does not count is explained by its own cause", () => {
    expect(consentSentence(null)).toBe("");
    expect(consentSentence({ code: "offline" })).toInclude("check your internet connection");
    const changed = { code: "invalid", sentence: "The text has changed.", nextStep: "Reload the page." };
    expect(consentSentence(changed)).toInclude("The text has changed. Reload the page.");
    expect(consentSentence(changed)).not.toInclude("connection");
    expect(String(consentSentence({ code: "consent_expired" }))).toInclude("answer again");
});

test("in another app's browser the link can be copied into a real one", () => {
    const sentence = blockedSentence("in-app", { app: "Facebook" });
    expect(String(sentence.text)).toInclude("Facebook");
    expect(sentence.action).toBe("copy");
});

test("the devices' failures are told apart", () => {
    const sentences = ["denied", "not-found", "in-use", "failed"].flatMap((code) => [
        String(deviceSentence("camera", code)),
        String(deviceSentence("microphone", code)),
    ]);
    expect(new Set(sentences).size).toBe(8);
});

test("who did not agree to be recorded is named, oneself as You", () => {
    const recording = { state: "refused", missing: [], refused: ["owner-9"] };
    const nameOf = () => "Anna";
    expect(String(recordingSentence(recording, nameOf, "vet-7").text)).toInclude("Anna did not agree");
    expect(String(recordingSentence(recording, nameOf, "owner-9").text)).toInclude("You did not agree");
});

test("a part that is missing from a running recording is told", () => {
    const missing = { state: "recording", message: "The screen of Anna is not being recorded." };
    expect(recordingSentence(missing, () => "", "vet-7").text).toBe(missing.message);
    expect(recordingSentence({ state: "recording" }, () => "", "vet-7")).toBe(null);
});

test("a recording that the machine cannot carry is explained with its reason", () => {
    const { text } = recordingSentence({ state: "unavailable", message: "The disk is full." }, () => "", "vet-7");
    expect(text).toInclude("The disk is full.");
});
