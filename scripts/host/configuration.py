# SPDX-License-Identifier: BSD-3-Clause
"""The configuration of Weir for a plan, and what Weir says that it takes."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass

CPUS_MAX = 1024  # those that the kernel does not have are left out by it

TEMPLATE = """\
# Written by scripts/setup-host for this machine; --undo brings back what was here before.
@include "{include}"

ports = (
{ports}
);

lcores = {{
    main = [ {main} ];
    io = [ {io} ];
    workers = [ {workers} ];
}};
{swarm}
tracker = {{
    port = 6969;
    key_file = "/var/lib/weir/key";
}};

snapshot = {{ file = "/var/lib/weir/peers"; }};
"""


@dataclass(frozen=True)
class Sizing:
    bytes: int
    needed: dict  # (node, page bytes) -> pages


class Refused(Exception):
    """Weir does not take the configuration. Its arguments are the reasons."""


def queues_max(text):
    """Queue pairs that a driver file allows; 0: as many as wanted."""
    found = re.search(r"^\s*queues = (\d+);", text, re.M)
    return int(found[1]) if found else 0


def include_path(root, drivers_folder, file):
    """As the packages have it where they are installed; otherwise the file of this clone."""
    for prefix in ("usr", "usr/local"):
        if (root / prefix / "share/weir/drivers-config" / file).exists():
            return f"drivers-config/{file}"
    return str(drivers_folder / file)


def _port(nic, addresses):
    quoted = ", ".join(f'"{address}"' for address in addresses)
    return f'    {{ device = "{nic.address}"; addresses = [ {quoted} ]; }}'


def _shares(nics, addresses):
    """Addresses of each port: one after the other, to each port in turn."""
    return [addresses[i :: len(nics)] for i in range(len(nics))]


def _swarm(request):
    names = {"max_torrents": request.max_torrents, "max_peers": request.max_peers}
    lines = [f"    {name} = {value};\n" for name, value in names.items() if value]
    return f"\nswarm = {{\n{''.join(lines)}}};\n" if lines else ""


def text(plan, request, include):
    shares = _shares(plan.nics, request.addresses)
    return TEMPLATE.format(
        include=include,
        ports=",\n".join(_port(nic, share) for nic, share in zip(plan.nics, shares)),
        main=plan.lcores.main,
        io=", ".join(map(str, plan.lcores.io)),
        workers=", ".join(map(str, plan.lcores.workers)),
        swarm=_swarm(request),
    )


def _any_cpu():
    """A shell may not use isolated CPUs; weir.service may, by its CPUAffinity."""
    os.sched_setaffinity(0, range(CPUS_MAX))


def check(weir, configuration):
    """What weir --check --json says of a configuration; raises Refused with its errors."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "weir.cfg"
        path.write_text(configuration)
        command = [weir, "-c", str(path), "--check", "--json"]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=60, preexec_fn=_any_cpu)
        except OSError as error:
            raise Refused(
                f"{weir}: {error.strerror}: install the package weir, or name the program by --weir"
            ) from error
        try:
            said = json.loads(ended.stdout)
        except ValueError as error:
            raise Refused(f"{weir} --check --json: {ended.stderr.strip() or 'says nothing'}") from error
    if not said["right"]:
        raise Refused(*(line.replace(str(path), "weir.cfg") for line in said["errors"]))
    needed = {(p["node"], p["page_bytes"]): p["needed"] for p in said["machine"]["hugepages"]}
    return Sizing(said["memory"]["bytes"], needed)
