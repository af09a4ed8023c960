"""``python3 -m dev COMMAND``: what the Makefile's targets call."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence

from dev import database, environments, machine, odoo, postgres
from dev.problem import Problem
from dev.progress import exclusive

INSTALLED_SIZE = 3 * machine.GIGABYTE


def install(packages: Sequence[str] = ("turnserver", "ffmpeg", "chromium")) -> None:
    """Install everything that is missing; a second time there is nothing to do."""
    machine.check_python()
    with exclusive("install"):
        machine.ensure(list(packages))
        environments.install()
        odoo.install()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="install everything that is missing")
    run = commands.add_parser("odoo", help="run Odoo's command line: python3 -m dev odoo --database NAME -- ARGS")
    run.add_argument("--database", "-d")
    run.add_argument("arguments", nargs="*")
    build = commands.add_parser("database", help="drop and build a database with the addon installed")
    build.add_argument("name")
    build.add_argument("--demo", action="store_true", help="with demo data")
    build.add_argument("--modules", default="vet_teleconsult", help="modules to install, commas between")
    clone = commands.add_parser("clone", help="copy a database")
    clone.add_argument("source")
    clone.add_argument("name")
    drop = commands.add_parser("drop", help="drop a database and its filestore")
    drop.add_argument("name")
    server = commands.add_parser("postgres", help="the embedded PostgreSQL")
    server.add_argument("action", choices=("start", "stop", "status"))
    commands.add_parser("env", help='print the variables of a shell for tests: eval "$(python3 -m dev env)"')
    psql = commands.add_parser("psql", help="PostgreSQL's client: python3 -m dev psql NAME -- ARGS")
    psql.add_argument("name")
    psql.add_argument("arguments", nargs="*")
    return parser


def _run_odoo(options: argparse.Namespace) -> int:
    arguments = list(options.arguments)
    if options.database:
        # A subcommand (shell, i18n...) comes first.
        place = 1 if arguments and not arguments[0].startswith("-") else 0
        arguments[place:place] = ["--database", options.database]
    with postgres.running() as server:
        return odoo.run(server, arguments)


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "install":
            install()
        case "odoo":
            return _run_odoo(options)
        case "database":
            with postgres.running():
                database.build(options.name, options.modules, options.demo)
        case "clone":
            with postgres.running():
                database.clone(options.source, options.name)
        case "drop":
            with postgres.running():
                database.drop(options.name)
        case "postgres":
            return _postgres(options.action)
        case "env":
            variables = postgres.environment() | {"ODOO_RC": str(odoo.configure())}
            print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))
        case "psql":
            with postgres.running() as server:
                program = [str(postgres.binaries() / "psql"), "-d", options.name, *options.arguments]
                return subprocess.run(program, env=os.environ | server, check=False).returncode
    return 0


def _postgres(action: str) -> int:
    if action == "start":
        postgres.start()
    elif action == "stop":
        postgres.stop()
    else:
        up = postgres.is_running()
        print("running" if up else "stopped", *(f"{name}={value}" for name, value in postgres.environment().items()))
        return 0 if up else 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a :class:`Problem` becomes one line and status 1."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
