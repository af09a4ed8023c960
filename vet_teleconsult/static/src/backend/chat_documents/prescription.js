import { _t } from "@web/core/l10n/translation";
import { chatDocuments, openInDialog } from "./chat_documents";

chatDocuments.add("prescription", {
    label: _t("Prescription"),
    icon: "prescription",
    model: "vet.prescription",
    create: async (services, chat) =>
        openInDialog(services, await services.orm.call("vet.chat", "action_continue_prescription", [[chat.id]])),
});
