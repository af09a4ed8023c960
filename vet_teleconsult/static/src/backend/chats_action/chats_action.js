import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ChatApi } from "../../chat/chat_api";
import { ChatStore } from "../../chat/chat_store";
import { Icon } from "../../core/icon/icon";
import { useChatDocuments } from "../chat_documents/chat_documents";
import { BusLive } from "./bus_live";
import { ChatPane } from "./chat_pane";
import { Inbox } from "./inbox/inbox";
import { InboxList } from "./inbox/inbox_list";

/** Changes come in bunches; one look at the inbox for all of them, ms. */
const BUNCH = 300;
/** From here on there is room for the patient beside the thread, px. */
const WIDE = 1500;

/**
 * The vets' conversations: client action `vet_teleconsult.chats`, with the chat to open as params {chat_id}, as
 * `active_id` or in the address. Inbox and thread side by side, on a phone one of them.
 */
export class ChatsAction extends Component {
    static template = "vet_teleconsult.ChatsAction";
    static components = { ChatPane, Icon, Inbox, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.busService = useService("bus_service");
        this.state = useState({ store: null, panelShown: browser.innerWidth >= WIDE });
        this.list = new InboxList({ state: useState(InboxList.makeState()), api: new ChatApi() });
        this.documents = useChatDocuments();
        this.live = null;
        this.onChange = () => {
            this.timer ??= browser.setTimeout(() => this.refresh(), BUNCH);
        };
        this.busService.subscribe("vet_teleconsult/inbox", this.onChange);
        this.busService.subscribe("vet_teleconsult/read", this.onChange);
        this.busService.start();
        useBus(this.busService, "BUS:RECONNECT", this.onChange);
        onWillStart(() => this.start());
        onWillUnmount(() => {
            browser.clearTimeout(this.timer);
            this.busService.unsubscribe("vet_teleconsult/inbox", this.onChange);
            this.busService.unsubscribe("vet_teleconsult/read", this.onChange);
            this.closeChat();
        });
    }

    get display() {
        // On a phone the conversation needs the whole screen.
        return { controlPanel: this.env.isSmall && this.state.store ? false : {} };
    }

    get chatId() {
        return this.state.store?.api.chatId || null;
    }

    start() {
        const { action, resId } = this.props;
        const chatId = action.params?.chat_id || action.context?.active_id || resId;
        if (chatId) {
            this.select(Number(chatId));
        }
        this.list.show({});
    }

    refresh() {
        this.timer = null;
        return this.list.refresh();
    }

    select(chatId) {
        if (chatId === this.chatId) {
            return;
        }
        this.closeChat();
        const store = new ChatStore({ api: new ChatApi({ chatId }) });
        this.live = new BusLive(this.busService, `vet_chat_${chatId}`);
        store.follow(this.live);
        this.live.start();
        this.state.store = store;
        this.props.updateActionState?.({ active_id: chatId });
        store.open();
    }

    closeChat() {
        this.live?.stop();
        this.live = null;
        this.state.store?.close();
        this.state.store = null;
    }

    showList() {
        this.closeChat();
        this.props.updateActionState?.({ active_id: false });
    }

    newChat() {
        this.dialog.add(FormViewDialog, {
            resModel: "vet.chat",
            title: _t("New chat"),
            context: { default_vet_id: user.userId, form_view_ref: "vet_teleconsult.vet_chat_view_form_new" },
            canExpand: false,
            size: "md",
            onRecordSaved: (record) => {
                this.select(record.resId);
                this.onChange();
            },
        });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("vet_teleconsult.chats", ChatsAction);
