import { useEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/**
 * Kinds of documents that vets put into a chat: {label, icon, model, create(services, chat)}, by the name that their
 * cards have as `kind`. `create` is optional; it begins a new one for a chat ({id, …}).
 */
export const chatDocuments = registry.category("vet_teleconsult.chat_documents");

/**
 * What a thread inside Odoo offers for documents, see `ChatThread.props.documents`. A document opens over the page, so
 * that a call goes on.
 *
 * @returns {{choices: object[], open: (document: object) => boolean}}
 */
export function useChatDocuments() {
    const services = { action: useService("action"), orm: useService("orm"), env: useEnv() };
    const choices = chatDocuments
        .getEntries()
        .filter(([, { create }]) => create)
        .map(([id, { label, icon, create }]) => ({
            id,
            icon,
            label: label.toString(),
            run: (chat) => create(services, chat),
        }));
    const open = ({ kind, id }) => {
        const model = chatDocuments.get(kind, {}).model;
        if (!model || !id) {
            return false;
        }
        openInDialog(services, {
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
        return true;
    };
    return { choices, open };
}

/**
 * @param {object} services of `useChatDocuments`
 * @param {object} action of a window, shown over the page
 * @returns {Promise<void>}
 */
export function openInDialog({ action: actionService }, action) {
    const context = { ...action.context, dialog_size: "extra-large", vet_over_page: true };
    return actionService.doAction({ ...action, context, target: "new" });
}
