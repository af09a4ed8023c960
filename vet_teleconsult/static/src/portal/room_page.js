import { App, whenReady } from "@odoo/owl";
import { appTranslateFn } from "@web/core/l10n/translation";
import { getTemplate } from "@web/core/templates";
import { RoomApi } from "../core/api";
import { loadTranslations } from "../core/translations";
import { Room } from "../room/room";

/**
 * Mount the room on the owner's page: no web client, no service, only Owl.
 *
 * @param {HTMLElement} target carries `data-props`: {consultationId, accessToken, lang}
 * @returns {Promise<App>}
 */
export async function mountRoomPage(target) {
    const { consultationId, accessToken, lang } = JSON.parse(target.dataset.props);
    await loadTranslations(lang);
    const app = new App(Room, {
        getTemplate,
        translateFn: appTranslateFn,
        props: {
            consultationId,
            api: new RoomApi({ consultationId, accessToken }),
            link: location.href,
        },
    });
    await app.mount(target);
    return app;
}

whenReady(() => {
    const target = document.getElementById("vet_room");
    if (target) {
        mountRoomPage(target);
    }
});
