import { _t } from "@web/core/l10n/translation";
import { chatDocuments, openInDialog } from "./chat_documents";

chatDocuments.add("quote", {
    label: _t("Quote"),
    icon: "quote",
    model: "sale.order",
    create: async (services, chat) =>
        openInDialog(services, await services.orm.call("vet.chat", "action_continue_quote", [[chat.id]])),
});
