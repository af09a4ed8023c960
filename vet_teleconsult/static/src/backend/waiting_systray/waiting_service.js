import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Chime } from "./chime";

export const VETERINARIAN = "vet_teleconsult.group_veterinarian";
const SOUND_SETTING = "vet_waiting_sound";
/** Changes come in bunches: one look for all of them, ms. */
const BUNCH = 300;

/**
 * Who waits for this vet: theirs, and those whom nobody has claimed. Says so when somebody comes, with a sound that the
 * vet can turn off.
 *
 * `state.entries`: see `vet.consultation.get_waiting_list`; `state.sound`: whether it rings.
 */
export const waitingService = {
    dependencies: ["action", "bus_service", "multi_tab", "notification", "orm"],

    start(env, { action, bus_service: bus, multi_tab: tabs, notification, orm }) {
        const chime = new Chime();
        const state = reactive({ isVet: false, entries: [], sound: user.settings?.[SOUND_SETTING] !== false });
        /** Keys of those who have been announced, or were here before this page. */
        let known = null;
        /** What closes the notification of each who waits. */
        const closers = new Map();
        let timer = null;

        const keyOf = ({ id, waiting_since: since }) => `${id} ${since}`;

        const load = async () => {
            timer = null;
            let entries;
            try {
                entries = await orm.silent.call("vet.consultation", "get_waiting_list");
            } catch (error) {
                // The connection is gone again; its return brings the next look.
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
                return;
            }
            state.entries = entries;
            await announce(entries);
        };

        const announce = async (entries) => {
            const keys = new Set(entries.map(keyOf));
            const isFirst = known === null;
            const fresh = isFirst ? [] : entries.filter((entry) => !known.has(keyOf(entry)));
            known = keys;
            for (const [key, close] of closers) {
                if (!keys.has(key)) {
                    closers.delete(key);
                    close();
                }
            }
            if (!fresh.length) {
                return;
            }
            fresh.forEach(notify);
            // Of several tabs one rings.
            if (state.sound && (await tabs.isOnMainTab())) {
                chime.ring();
            }
        };

        const notify = (entry) => {
            const isFlagged = Boolean(entry.red_flags?.length);
            const isByPhone = entry.mode === "phone";
            const close = notification.add(
                isFlagged
                    ? _t("%(news)s Red flags: %(signs)s", { news: newsOf(entry), signs: entry.red_flags.join(", ") })
                    : newsOf(entry),
                {
                    sticky: true,
                    type: isFlagged ? "danger" : "info",
                    title: isByPhone ? _t("By phone") : _t("In the waiting room"),
                    className: "o_vet_waiting_notification",
                    buttons: [
                        {
                            name: isByPhone ? _t("Open the consultation") : _t("Open the room"),
                            onClick: () => open(entry),
                        },
                    ],
                    onClose: () => closers.delete(keyOf(entry)),
                }
            );
            closers.set(keyOf(entry), close);
        };

        const newsOf = (entry) => {
            if (entry.mode === "phone") {
                return entry.is_mine
                    ? _t("%(owner)s with %(patient)s is waiting for your call.", entry)
                    : _t("%(owner)s with %(patient)s is waiting for a vet's call.", entry);
            }
            return entry.is_mine
                ? _t("%(owner)s with %(patient)s is waiting for you.", entry)
                : _t("%(owner)s with %(patient)s is waiting for a vet.", entry);
        };

        /**
         * Claims what nobody has claimed: of two vets who click at once one wins, the other is told who. Leads into the
         * room, or by phone to the form with the owner's number.
         */
        const open = async ({ id }) => {
            const place = await orm.call("vet.consultation", "action_start", [[id]]);
            await action.doAction(place);
        };

        const setSound = async (sound) => {
            state.sound = sound;
            if (sound) {
                chime.ring();
            }
            await user.setUserSettings(SOUND_SETTING, sound);
        };

        /** Whoever looks at the list has read the notices, and would have them on top of it. */
        const dismiss = () => [...closers.values()].forEach((close) => close());

        const hint = () => {
            if (state.isVet) {
                timer ??= browser.setTimeout(load, BUNCH);
            }
        };

        /** Begin to look, for vets only. */
        const begin = async () => {
            if (state.isVet || !(await user.hasGroup(VETERINARIAN))) {
                return;
            }
            state.isVet = true;
            bus.subscribe("vet_teleconsult/queue", hint);
            bus.addEventListener("BUS:RECONNECT", hint);
            bus.start();
            await load();
        };

        return { state, begin, dismiss, open, setSound };
    },
};

registry.category("services").add("vet_teleconsult.waiting", waitingService);
