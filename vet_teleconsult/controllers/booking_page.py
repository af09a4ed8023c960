from odoo import http
from odoo.http import request


class BookingPage(http.Controller):
    """How the pages of a booking are shown: all in one frame, in which the clinic's number stands first."""

    def _render(self, template, company_sudo, status=200, **values):
        """Show a page of the clinic's.

        :param str template: name of the template
        :param res.company company_sudo: the clinic; none where nobody is to learn which there are
        :param int status: of the answer
        :param values: of the template
        """
        phone = company_sudo and company_sudo._get_clinic_phone()
        lang = request.env.lang or "en_US"
        response = request.render(
            template,
            {
                "clinic": {"name": company_sudo.name, "phone": phone or None},
                "html_lang": lang.replace("_", "-"),
                "lang": lang,
                "error": None,
                "errors": {},
                **values,
            },
            status=status,
        )
        return self._no_store(response)

    def _render_refusal(self, company_sudo, message, next_step, status, begin_path=None):
        """Say why there is nothing to book here, and what to do instead.

        :param res.company company_sudo: the clinic, or none
        :param str message: what is the matter
        :param str next_step: what the owner can do
        :param int status: of the answer
        :param str begin_path: where they can begin anew, if they can
        """
        return self._render(
            "vet_teleconsult.booking_refusal",
            company_sudo,
            status=status,
            message=message,
            next_step=next_step,
            begin_path=begin_path,
        )

    def _no_store(self, response):
        """Keep a page whose address is a key out of referrers, caches and search engines."""
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _speak(self, lang):
        """Answer in the owner's language, who need not be signed in."""
        if lang:
            request.update_context(lang=lang)
