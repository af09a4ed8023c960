import { useEffect } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { ConnectionLostError } from "@web/core/network/rpc";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { useQueueRefresh } from "./queue_refresh";

/** The queue of consultations, kept up to date without a hand on it. */
export class QueueKanbanController extends KanbanController {
    setup() {
        super.setup();
        this.ui = useService("ui");
        this.focusedId = null;
        useQueueRefresh({ isBusy: () => this.isBusy(), refresh: () => this.refresh() });
        useEffect(
            (root) => this.restoreFocus(root),
            () => [this.model.root]
        );
    }

    /** @returns {boolean} whether a refresh would disturb what the person is doing */
    isBusy() {
        const root = this.rootRef.el;
        return Boolean(
            !root ||
            !this.model.isReady ||
            this.quickCreateState.groupId ||
            this.hasSelectedRecords ||
            this.ui.isBlocked ||
            this.ui.activeElement !== document ||
            root.querySelector(".o_dragged, .dropdown-menu.show, .o-dropdown.show, .o_kanban_quick_create")
        );
    }

    /** Columns keep their place, their folding and how far they are scrolled; cards keep the focus. */
    async refresh() {
        await this.model.mutex.getUnlockedDef();
        const { activeElement } = document;
        const card = this.rootRef.el?.contains(activeElement) && activeElement.closest(".o_kanban_record");
        this.focusedId = card ? this.recordOf(card)?.resId : null;
        try {
            await this.model.load();
        } catch (error) {
            // The connection is gone again; its return brings the next refresh.
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }

    recordOf(card) {
        return this.model.root.records.find((record) => record.id === card.dataset.id);
    }

    restoreFocus() {
        const resId = this.focusedId;
        this.focusedId = null;
        const record = resId && this.model.root.records.find((candidate) => candidate.resId === resId);
        if (record && document.activeElement === document.body) {
            this.rootRef.el.querySelector(`.o_kanban_record[data-id="${record.id}"]`)?.focus({ preventScroll: true });
        }
    }
}
