import { Backoff } from "../../core/backoff";

/**
 * Tell Odoo that a file is not coming, however long that takes; also after the page was closed and opened again.
 *
 * @param {object} queue {api, store, wait, closing}
 * @param {{id: string, mediaId: number|null}} item
 * @param {Promise<{media: {id: number}}>|null} [announcement] that Odoo may not have answered yet
 */
export async function takeBack({ api, store, wait, closing }, { id, mediaId }, announcement = null) {
    const { signal } = closing;
    const backoff = new Backoff({ first: 1000, longest: 60000, factor: 2 });
    await store.change(id, { cancelled: true });
    for (;;) {
        try {
            const known = mediaId || (await announcement?.catch(() => null))?.media.id;
            if (known) {
                await api.cancelUpload(known);
            }
            break;
        } catch (error) {
            if (!error.transient) {
                // It has arrived already, or is gone: nothing is left to take back.
                break;
            }
        }
        await wait(backoff.next(), signal).catch(() => {});
        if (signal.aborted) {
            return;
        }
    }
    await store.forget(id, { arrived: false });
}
