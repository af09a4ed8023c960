import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useBus, useService } from "@web/core/utils/hooks";

/** Changes come in bunches (a vet claims, the owner comes in): one look at the queue for all of them, ms. */
const BUNCH = 300;
/** How soon to look again whether the person is done with what a refresh would disturb, ms. */
const PATIENCE = 500;

/**
 * Reads the queue again when the server says that it has changed, and when the connection is back after a gap in which
 * nobody could say so. Never while that would disturb: then as soon as it no longer does.
 *
 * @param {Object} options
 * @param {() => boolean} options.isBusy whether a refresh would take something out of the person's hands
 * @param {() => Promise<void>} options.refresh
 */
export function useQueueRefresh({ isBusy, refresh }) {
    const busService = useService("bus_service");
    let timer = null;
    let refreshing = false;
    let again = false;

    const schedule = (delay) => {
        timer ??= browser.setTimeout(attempt, delay);
    };
    const attempt = async () => {
        timer = null;
        if (isBusy()) {
            schedule(PATIENCE);
            return;
        }
        if (refreshing) {
            again = true;
            return;
        }
        refreshing = true;
        try {
            await refresh();
        } finally {
            refreshing = false;
            if (again) {
                again = false;
                schedule(BUNCH);
            }
        }
    };
    const onChange = () => schedule(BUNCH);

    useBus(busService, "BUS:RECONNECT", onChange);
    onMounted(() => {
        busService.subscribe("vet_teleconsult/queue", onChange);
        busService.start();
        browser.addEventListener("online", onChange);
    });
    onWillUnmount(() => {
        busService.unsubscribe("vet_teleconsult/queue", onChange);
        browser.removeEventListener("online", onChange);
        browser.clearTimeout(timer);
    });
}
