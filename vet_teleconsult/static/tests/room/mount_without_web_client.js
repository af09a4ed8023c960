import { allowTranslations, mountWithCleanup } from "@web/../tests/web_test_helpers";

/**
 * Mount a component as the owner's page does: with Owl and the translations, without any service of the web client.
 *
 * @param {import("@odoo/owl").ComponentConstructor} component
 * @param {object} [props]
 */
export function mountWithoutWebClient(component, props = {}) {
    allowTranslations();
    return mountWithCleanup(component, { env: {}, noMainContainer: true, props });
}
