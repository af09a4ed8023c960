"""The servers of a clinic, for ``make demo`` and the whole-stack tests: Odoo, the media service, coturn.

PostgreSQL is :func:`dev.postgres.running`. Each function returns a :class:`dev.service.Service`, not yet started.
"""

import json
import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev import environments, machine, odoo, postgres
from dev.paths import LOGS
from dev.problem import Problem
from dev.service import Service, accepts, answers

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Clinic:
    """What the processes of one clinic must agree on.

    :param database: the name of an installed database
    :param folder: where the media service and coturn keep their files
    :param http_port: Odoo's port; pages, JSON-RPC and the live connection
    :param sidecar_port: the media service's port
    :param turn_port: coturn's port, or 0 for a clinic without one
    :param host: the name in the addresses that browsers use (a loopback name is a secure context)
    """

    database: str
    folder: Path
    http_port: int
    sidecar_port: int
    turn_port: int = 0
    host: str = "localhost"
    turn_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def url(self) -> str:
        """Odoo's address, as browsers see it."""
        return f"http://{self.host}:{self.http_port}"

    @property
    def sidecar_url(self) -> str:
        """The media service's address, as browsers see it."""
        return f"http://{self.host}:{self.sidecar_port}"

    @property
    def turn_url(self) -> str:
        """coturn's address (RFC 7065), or nothing for a clinic without one."""
        return f"turn:{HOST}:{self.turn_port}?transport=udp" if self.turn_port else ""


def odoo_server(
    clinic: Clinic, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None, log: Path | None = None
) -> Service:
    """Return Odoo serving the clinic's database, threaded, the live connection on the same port.

    :param arguments: more options of Odoo's command line
    :param environment: more variables, above the ones that are passed on
    """
    options = ["--database", clinic.database, f"--db-filter=^{clinic.database}$", "--no-database-list"]
    options += [f"--http-port={clinic.http_port}", f"--http-interface={HOST}", *arguments]
    return Service(
        "Odoo",
        odoo.command(*options),
        odoo.environment(postgres.environment()) | dict(environment or {}),
        log or LOGS / f"odoo-{clinic.database}.log",
        answers(f"http://{HOST}:{clinic.http_port}/web/health"),
    )


def sidecar(
    clinic: Clinic, secret: str, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> Service:
    """Return the media service.

    :param secret: the shared secret, as Odoo keeps it (:func:`configure` returns it)
    :param environment: more of its variables (``VET_SIDECAR_...``)
    """
    settings = {
        "VET_SIDECAR_SECRET": secret,
        "VET_SIDECAR_ODOO_URL": f"http://{HOST}:{clinic.http_port}",
        "VET_SIDECAR_DATA": str(clinic.folder / "sidecar"),
        "VET_SIDECAR_HOST": HOST,
        "VET_SIDECAR_PORT": str(clinic.sidecar_port),
        "VET_SIDECAR_ALLOWED_ORIGINS": f"{clinic.url},http://{HOST}:{clinic.http_port}",
    }
    if clinic.turn_port:
        settings |= {"VET_SIDECAR_TURN_URL": clinic.turn_url, "VET_SIDECAR_TURN_SECRET": clinic.turn_secret}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VET_SIDECAR_")}
    return Service(
        "the media service",
        [environments.command("sidecar", "vet-media-sidecar")],
        inherited | settings | dict(environment or {}),
        log or LOGS / f"sidecar-{clinic.database}.log",
        answers(f"http://{HOST}:{clinic.sidecar_port}/health"),
    )


def turn_server(clinic: Clinic, log: Path | None = None) -> Service:
    """Return coturn with the REST secret, on the loopback interface alone.

    :raises Problem: where the machine has no ``turnserver``
    """
    program = machine.find("turnserver")
    if not program:
        raise Problem("coturn is not installed: run `python3 -m dev install`, or install the package coturn.")
    folder = clinic.folder / "turn"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "turnserver.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f"listening-ip={HOST}\n"
        f"relay-ip={HOST}\n"
        f"listening-port={clinic.turn_port}\n"
        "use-auth-secret\n"
        f"static-auth-secret={clinic.turn_secret}\n"
        "realm=vet-teleconsult\n"
        "fingerprint\n"
        "allow-loopback-peers\n"
        "no-cli\n"
        "no-tls\n"
        "no-dtls\n"
        "log-file=stdout\n"
        f"pidfile={folder / 'turnserver.pid'}\n"
        f"userdb={folder / 'turn.sqlite'}\n"
    )
    return Service(
        "coturn",
        [program, "-c", str(configuration)],
        os.environ,
        log or LOGS / f"turn-{clinic.database}.log",
        accepts(HOST, clinic.turn_port),
    )


_CONFIGURE = """
parameters = env["ir.config_parameter"].sudo()
parameters.set_param("web.base.url", clinic["url"])
parameters.set_param("web.base.url.freeze", "True")
parameters.set_param("vet_teleconsult.turn_urls", clinic["turn_url"])
parameters.set_param("vet_teleconsult.turn_secret", clinic["turn_secret"])
sidecars = env["vet.sidecar"].with_context(active_test=False).search([])
values = {"name": "Media service", "url": clinic["sidecar_url"], "command_url": clinic["command_url"], "active": True}
if sidecars:
    sidecars[0].write(values)
    (sidecars - sidecars[0]).write({"active": False})
else:
    env["vet.sidecar"].create(values)
result = {"secret": parameters.get_param("vet_teleconsult.sidecar_secret")}
"""


def configure(clinic: Clinic, script: str = "") -> dict[str, Any]:
    """Write the clinic's addresses and secrets into its Odoo settings, and return what was asked for.

    Takes an Odoo shell's few seconds; PostgreSQL must be running.

    :param script: more Python for Odoo's shell (``env``, ``clinic``), which may add JSON values to ``result``
    :return: ``result``, with at least ``secret``, the secret that the media service must be given
    """
    settings = {
        "url": clinic.url,
        "sidecar_url": clinic.sidecar_url,
        "command_url": f"http://{HOST}:{clinic.sidecar_port}",
        "turn_url": clinic.turn_url,
        "turn_secret": clinic.turn_secret if clinic.turn_port else "",
    }
    return shell(clinic.database, f"clinic = {settings!r}\n{_CONFIGURE}{script}")


def shell(database: str, script: str) -> dict[str, Any]:
    """Run Python in Odoo's shell, commit, and return the dictionary ``result`` that it has made.

    :raises Problem: with the end of Odoo's output, where the script fails
    """
    marker = secrets.token_hex(8)
    program = f"result = {{}}\n{script}\nenv.cr.commit()\nimport json\nprint('{marker}' + json.dumps(result))\n"
    done = subprocess.run(
        odoo.command("shell", "--database", database, "--no-http", "--shell-interface=python", "--log-level=warn"),
        env=odoo.environment(postgres.environment()),
        input=program,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        if line.startswith(marker):
            return dict(json.loads(line.removeprefix(marker)))
    end = "\n".join((done.stderr or done.stdout).splitlines()[-12:])
    raise Problem(f"Odoo's shell could not run a script on {database}:\n{end}")
