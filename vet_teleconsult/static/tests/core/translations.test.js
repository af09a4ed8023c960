import { after, describe, expect, test } from "@odoo/hoot";
import { mockFetch } from "@odoo/hoot-mock";
import { translatedTerms, translatedTermsGlobal } from "@web/core/l10n/translation";
import { loadTranslations } from "@vet_teleconsult/core/translations";

describe.current.tags("headless");

function forget(...terms) {
    after(() => {
        delete translatedTerms.vet_teleconsult;
        terms.forEach((term) => delete translatedTermsGlobal[term]);
    });
}

test("the page speaks the owner's language", async () => {
    forget("Hang up");
    mockFetch((url) => {
        expect.step(String(url));
        return { modules: { vet_teleconsult: { messages: [{ id: "Hang up", string: "Auflegen" }] } } };
    });
    await loadTranslations("de_DE");
    expect.verifySteps(["/web/webclient/translations?mods=vet_teleconsult&lang=de_DE"]);
    expect(translatedTerms.vet_teleconsult["Hang up"]).toBe("Auflegen");
});

test("English needs no request", async () => {
    forget();
    mockFetch(() => expect.step("fetched"));
    await loadTranslations("en_US");
    expect.verifySteps([]);
});

test("without an answer the page opens in English", async () => {
    forget();
    mockFetch(() => {
        throw new TypeError("Failed to fetch");
    });
    await loadTranslations("de_DE");
    expect(translatedTerms.vet_teleconsult).toBe(undefined);
});
