// When a message was sent and when it was painted, on the clock that all pages of one machine share (ms).
(() => {
    const now = () => performance.timeOrigin + performance.now();
    window.shown = { sent: null, painted: null };
    document.addEventListener(
        "keydown",
        (event) => {
            if (event.key === "Enter") {
                window.shown.sent = now();
            }
        },
        true
    );
    /** Wait for an element that matches and contains the text, and note when it was painted. */
    window.watchFor = (selector, text) => {
        window.shown.painted = null;
        const look = () => [...document.querySelectorAll(selector)].some((each) => each.textContent.includes(text));
        const observer = new MutationObserver(() => {
            if (look()) {
                observer.disconnect();
                requestAnimationFrame(() => {
                    window.shown.painted = now();
                });
            }
        });
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    };
})();
