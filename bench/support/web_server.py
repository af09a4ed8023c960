"""nginx that takes files by PUT, with what it ships and nothing tuned: the peer of an upload."""

import os
from pathlib import Path

from dev import machine
from dev.service import Service, answers, free_port


def nginx(folder: Path) -> tuple[Service, str]:
    """Return nginx as one process, and its address; what is put there is in *folder* below ``files``."""
    machine.ensure(["nginx"])
    program = machine.find("nginx")
    if not program:
        raise RuntimeError("nginx is not there.")
    port = free_port()
    files = folder / "files"
    files.mkdir(parents=True)
    (files / "index.html").touch()
    temporary = "\n".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; master_process off; pid {folder / 'nginx.pid'}; error_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}\nclient_max_body_size 0;\n"
        f"server {{ listen 127.0.0.1:{port}; root {files}; location / {{ dav_methods PUT DELETE; }} }}\n}}\n"
    )
    address = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [program, "-p", folder, "-e", "stderr", "-c", configuration]
    return Service("nginx", command, os.environ, folder / "nginx.log", answers(address)), address
