"""Odoo's JSON-RPC, as its web client and the room use it."""

from __future__ import annotations

from typing import Any

import requests


class OdooError(AssertionError):
    """Odoo answered with an error; the message is its own."""


class OdooClient:
    """One session with Odoo, of a user or of nobody.

    :param url: Odoo's address
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def login(self, database: str, login: str, password: str) -> OdooClient:
        """Open the session of a user."""
        self.request("/web/session/authenticate", db=database, login=login, password=password)
        return self

    def request(self, path: str, **parameters: Any) -> Any:
        """Call a JSON-RPC route and return its result."""
        body = {"jsonrpc": "2.0", "method": "call", "params": parameters}
        answer = self.session.post(self.url + path, json=body, timeout=60)
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            raise OdooError(content["error"].get("data", {}).get("message") or str(content["error"]))
        return content.get("result")

    def call(self, model: str, method: str, *arguments: Any, **keywords: Any) -> Any:
        """Call a public method of a model."""
        return self.request(
            f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=list(arguments), kwargs=keywords
        )

    def create(self, model: str, **values: Any) -> int:
        """Create a record and return its id."""
        return int(self.call(model, "create", [values])[0])

    def read(self, model: str, identifier: int, *fields: str) -> dict[str, Any]:
        """Read fields of one record."""
        return dict(self.call(model, "read", [identifier], list(fields))[0])

    def search(self, model: str, domain: list[Any], *fields: str, order: str = "id") -> list[dict[str, Any]]:
        """Read fields of the records that match, oldest first."""
        return list(self.call(model, "search_read", domain, list(fields), order=order))
