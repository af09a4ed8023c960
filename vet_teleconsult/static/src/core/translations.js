import {
    translatedTerms,
    translatedTermsGlobal,
    translationIsReady,
    translationLoaded,
} from "@web/core/l10n/translation";

const MODULE = "vet_teleconsult";
/** The page speaks English rather than wait any longer. */
const PATIENCE = 3000;

/**
 * Load the addon's translations on a page without the web client's localization service.
 * Never fails: without translations the page speaks English.
 *
 * @param {string} lang Odoo's code of the language, such as `de_DE`
 * @param {string|null} [hash] of the translations; makes the browser's cache usable
 */
export async function loadTranslations(lang, hash = null) {
    const query = new URLSearchParams({ mods: MODULE, lang });
    if (hash) {
        // A parameter of our own: `hash` would tell the server that we have these already.
        query.set("unique", hash);
    }
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
        if (lang && !lang.startsWith("en")) {
            const response = await fetch(`/web/webclient/translations?${query}`, { signal: abort.signal });
            const { modules } = await response.json();
            const terms = {};
            for (const { id, string } of modules?.[MODULE]?.messages || []) {
                terms[id] = string;
                translatedTermsGlobal[id] = string;
            }
            translatedTerms[MODULE] = terms;
        }
    } catch {
        // English it is.
    } finally {
        clearTimeout(timer);
        translatedTerms[translationLoaded] = true;
        translationIsReady.resolve(true);
    }
}
