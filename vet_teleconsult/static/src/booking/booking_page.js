/** @odoo-module ignore */
// On every page of a booking, without any library: each works without this too.
(function () {
    "use strict";

    // As Odoo's own pages do, so that times are shown in the browser's zone.
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (timeZone) {
        document.cookie = `tz=${timeZone}; path=/; max-age=31536000; SameSite=Lax`;
    }

    /** How long between two looks at the place in line, ms. */
    const LOOK_AGAIN = 15000;

    document.addEventListener("DOMContentLoaded", () => {
        keepAnswersConsistent();
        submitOnce();
        followLine();
    });

    /** "None of this applies" and a sign exclude each other. */
    function keepAnswersConsistent() {
        const none = document.querySelector("input[name=none]");
        const signs = [...document.querySelectorAll("input[name=red_flag]")];
        none?.addEventListener("change", () => none.checked && signs.forEach((sign) => (sign.checked = false)));
        signs.forEach((sign) => sign.addEventListener("change", () => sign.checked && (none.checked = false)));
    }

    /** A second press while the first is on its way asks for nothing new. */
    function submitOnce() {
        document.querySelectorAll("form[method=post]").forEach((form) =>
            form.addEventListener("submit", (event) => {
                if (form.dataset.sent) {
                    event.preventDefault();
                }
                form.dataset.sent = "1";
            })
        );
        // A page that the browser brings back as it was can be sent again.
        addEventListener("pageshow", () =>
            document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent)
        );
    }

    /** Read the place in line again and again; a failure waits for the next time. */
    function followLine() {
        const place = document.getElementById("vet_booking_place");
        if (!place?.firstElementChild) {
            return;
        }
        setInterval(async () => {
            if (document.hidden) {
                return;
            }
            try {
                const answer = await fetch(location.href, { credentials: "same-origin" });
                const page = new DOMParser().parseFromString(await answer.text(), "text/html");
                const news = page.getElementById("vet_booking_place");
                if (answer.ok && news && news.textContent.trim() !== place.textContent.trim()) {
                    place.replaceChildren(...news.childNodes);
                }
            } catch {
                // Offline for a moment.
            }
        }, LOOK_AGAIN);
    }
})();
