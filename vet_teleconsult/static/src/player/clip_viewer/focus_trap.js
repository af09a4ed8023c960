import { onMounted, onWillUnmount } from "@odoo/owl";

const FOCUSABLE = "button, a[href], input, select, textarea, [tabindex]";

const isReachable = (element) =>
    element.tabIndex >= 0 && !element.disabled && element.getClientRects().length && !element.closest("[inert]");

/**
 * Keep the Tab key inside a dialog, and give the focus back when it closes.
 *
 * @param {{el: HTMLElement|null}} ref
 * @param {() => boolean} isDialog
 */
export function useFocusTrap(ref, isDialog) {
    const before = document.activeElement;
    const onKeydown = (ev) => {
        if (ev.key !== "Tab" || !isDialog()) {
            return;
        }
        const all = [...ref.el.querySelectorAll(FOCUSABLE)].filter(isReachable);
        const inside = ref.el.contains(document.activeElement) && document.activeElement !== ref.el;
        const leaving = document.activeElement === (ev.shiftKey ? all[0] : all.at(-1));
        if (all.length && (!inside || leaving)) {
            ev.preventDefault();
            (ev.shiftKey ? all.at(-1) : all[0]).focus();
        }
    };
    onMounted(() => {
        ref.el.focus({ preventScroll: true });
        document.addEventListener("keydown", onKeydown);
    });
    onWillUnmount(() => {
        document.removeEventListener("keydown", onKeydown);
        if (isDialog() && before?.isConnected) {
            before.focus?.({ preventScroll: true });
        }
    });
}
