"""``python3 -m dev COMMAND``: what the Makefile's targets call."""

import argparse
import errno
import os
import shlex
import shutil
import sys
from collections.abc import Sequence

from dev import (
    benchmarks,
    database,
    demo,
    environments,
    linting,
    lock,
    machine,
    manual,
    odoo,
    postgres,
    process,
    testing,
)
from dev.paths import CACHE, ENVIRONMENTS
from dev.problem import Problem
from dev.progress import exclusive, warn

INSTALLED_SIZE = 3 * machine.GIGABYTE


EVERYTHING = ("turnserver", "ffmpeg", "chromium", "nginx", "wkhtmltopdf")
"""Commands that the tests and benchmarks need of the machine."""


def install(packages: Sequence[str] = EVERYTHING, optional: bool = False) -> None:
    """Install everything that is missing; a second time there is nothing to do.

    :param packages: commands that the machine must bring
    :param optional: whether to go on without those commands, with a warning
    """
    machine.check_python()
    if not ENVIRONMENTS.is_dir():
        machine.check_disk(INSTALLED_SIZE)
    with exclusive("install"):
        try:
            machine.ensure(list(packages))
        except Problem as problem:
            if not optional:
                raise
            warn(str(problem))
        environments.install()
        odoo.install()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="install everything that is missing")
    clinic = commands.add_parser("demo", help="a running clinic with demo data, until Ctrl-C")
    clinic.add_argument("--fresh", action="store_true", help="begin with new data")
    clinic.add_argument("--size", choices=tuple(demo.SIZES), default="small", help="large: five years of consultations")
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
    _add_checks(commands)
    return parser


def _add_checks(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    test = commands.add_parser("test", help="run every test")
    test.add_argument("--only", help=f"parts, commas between: {', '.join(testing.PARTS)}")
    test.add_argument("arguments", nargs="*", help="pytest's arguments")
    commands.add_parser("lint", help="check style and types")
    mend = commands.add_parser("format", help="mend what the linters can mend")
    mend.add_argument("paths", nargs="*", help="files and folders; everything by default")
    bench = commands.add_parser("bench", help="measure")
    bench.add_argument("name", nargs="?")
    bench.add_argument("--quick", action="store_true")
    bench.add_argument("--json", action="store_true")
    relock = commands.add_parser("lock", help="make the locks")
    relock.add_argument("--upgrade", action="store_true", help="with the newest versions")
    commands.add_parser("manual", help="tell which numbers of the manuals are shown by which tests")
    commands.add_parser("clean", help="remove everything that was installed or built")


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
        case "demo":
            demo.run(lambda: install(("turnserver", "wkhtmltopdf"), optional=True), options.fresh, options.size)
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
                return process.run(program, env=os.environ | server).returncode
        case "test":
            install()
            return 0 if testing.run(options.only, tuple(options.arguments)).is_good else 1
        case "lint":
            install(())
            return 0 if linting.check() else 1
        case "format":
            install(())
            linting.mend(options.paths)
        case "bench":
            install()
            return 0 if benchmarks.run(options.name, options.quick, options.json) else 1
        case "lock":
            install(())
            lock.refresh(options.upgrade)
        case "manual":
            manual.tell()
        case "clean":
            clean()
    return 0


def clean() -> None:
    """Stop the embedded PostgreSQL and remove the cache and the JavaScript linters."""
    if postgres.DATA.is_dir():
        postgres.stop()
    linting.clean()
    shutil.rmtree(CACHE, ignore_errors=True)


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
        with process.terminable():
            return _run(options)
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except process.Terminated as told:
        return 128 + told.number
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"error: The disk is full: free some space, or set VET_CACHE to another disk ({CACHE}).", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
