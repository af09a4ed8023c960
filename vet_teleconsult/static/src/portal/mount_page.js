import { App, whenReady } from "@odoo/owl";
import { appTranslateFn } from "@web/core/l10n/translation";
import { getTemplate } from "@web/core/templates";
import { loadTranslations } from "../core/translations";

/**
 * Mount a component on a page without the web client: no service, only Owl and the translations.
 *
 * @param {HTMLElement} target carries `data-props`: {lang, …}
 * @param {import("@odoo/owl").ComponentConstructor} component
 * @param {(values: object) => object} [makeProps] the component's properties from those of the page
 * @returns {Promise<App>}
 */
export async function mountPage(target, component, makeProps = ({ lang: _lang, ...values }) => values) {
    const values = JSON.parse(target.dataset.props);
    await loadTranslations(values.lang);
    const app = new App(component, { getTemplate, translateFn: appTranslateFn, props: makeProps(values) });
    await app.mount(target);
    return app;
}

/**
 * Mount a component as soon as the page is there, if the page has a place for it.
 *
 * @param {string} id of the place
 * @param {import("@odoo/owl").ComponentConstructor} component
 * @param {(values: object) => object} [makeProps]
 */
export function mountWhenReady(id, component, makeProps) {
    whenReady(() => {
        const target = document.getElementById(id);
        if (target) {
            mountPage(target, component, makeProps);
        }
    });
}
