import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { QueueKanbanController } from "./queue_kanban_controller";

export const queueKanbanView = {
    ...kanbanView,
    Controller: QueueKanbanController,
};

registry.category("views").add("vet_teleconsult_queue_kanban", queueKanbanView);
