import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

LANGUAGES = ("de", "es", "fr")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}|\$\{.*?\}")


def entries(name):
    """Read a file of translations.

    :return: texts by their English, without those that are obsolete
    :rtype: dict[str, str]
    """
    path = file_path(f"vet_teleconsult/i18n/{name}")
    return {entry.msgid: entry.msgstr for entry in polib.pofile(path) if not entry.obsolete}


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The clinic and its owners are spoken to in their language, in whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = set(entries("vet_teleconsult.pot"))

    def test_the_template_holds_every_text_of_the_addon(self):
        reader = TranslationModuleReader(self.env.cr, modules=["vet_teleconsult"])
        texts = {source for _module, _type, _name, _id, source, _value, _comments in reader}
        self.assertEqual(texts - self.template, set(), "export it anew: these texts are missing")
        self.assertEqual(self.template - texts, set(), "export it anew: these texts are no longer there")

    def test_every_text_is_translated(self):
        for language in LANGUAGES:
            translated = {source for source, text in entries(f"{language}.po").items() if text.strip()}
            with self.subTest(language=language):
                self.assertEqual(self.template - translated, set())
                self.assertEqual(translated - self.template, set())

    def test_translations_hold_the_same_placeholders(self):
        for language in LANGUAGES:
            for source, text in entries(f"{language}.po").items():
                with self.subTest(language=language, source=source):
                    self.assertEqual(sorted(PLACEHOLDER.findall(text)), sorted(PLACEHOLDER.findall(source)))
