# SPDX-License-Identifier: BSD-3-Clause
"""The files in drivers-config/: what all have, and those that need neither privileges nor a network."""

import re

import frames
import bep15
import pcap
from cases_command_line import OK, run
from lab import REPOSITORY
from suite import case, check


def _run(lab, name, folder):
    path = REPOSITORY / "drivers-config" / f"{name}.cfg"
    # Others use the same prefix meanwhile: a folder of its own.
    ended = lab.another_weir().run(["-c", path, "--run-for", "2"], folder)
    ended.check_clean()
    ended.said("weir: ready")
    return ended


CARD = """
ports = ( { device = "0000:3b:00.0"; addresses = [ "198.51.100.10/24", "2001:db8::10/64" ]; } );
"""
PARTS = ("Driver", "Binding", "Firmware", "Values and reasons", "From:")


@case("drivers-config: every file has a row in the table, and every row a file")
def driver_rows(lab):
    folder = REPOSITORY / "drivers-config"
    table = re.findall(r"^\| \[(\w+\.cfg)\]\((\w+\.cfg)\) \|", (folder / "README.md").read_text(), re.M)
    files = sorted(path.name for path in folder.glob("*.cfg"))
    check(all(shown == target for shown, target in table), f"a row that leads to another file: {table}")
    check(sorted(shown for shown, _ in table) == files, f"rows {table}, files {files}")


@case("drivers-config: every file says what it is for, and passes --check")
def driver_files(lab):
    folder = lab.folder()
    (folder / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    main = folder / "weir.cfg"
    for path in sorted((REPOSITORY / "drivers-config").glob("*.cfg")):
        text = path.read_text()
        virtual = "virtual = true;" in text
        check(f'\n    name = "{path.stem}: ' in text, f"{path.name}: driver.name does not name it")
        if not virtual:
            missing = [part for part in PARTS if f"\n# {part}" not in text]
            check(not missing, f"{path.name}: {missing} is missing")
            check("\n# not measured on hardware" in text, f"{path.name} claims to have been measured")
        main.write_text(f'@include "drivers-config/{path.name}"\n' + ("" if virtual else CARD))
        ended = run(lab, "-c", main, "--check")
        check(ended.status == OK, f"{path.name}\n{ended.err}")


@case("drivers-config: net_pcap.cfg works unchanged")
def driver_net_pcap(lab):
    folder = lab.folder()
    port, client = frames.Port(), frames.client4(2)
    request = frames.request(client, port, bep15.connect(1))
    pcap.write(folder / "in.pcap", [bytes(request)])
    ended = _run(lab, "net_pcap", folder)
    check(ended.stats["rx_packets"] == 1, "the request was not read")
    # Its addresses are probed for first.
    check(ended.verdicts == {("ipv4", "ip_destination"): 1}, str(ended.verdicts))
    sent = pcap.read(folder / "out.pcap")
    check(len(sent) == ended.stats["tx_packets"], "what was sent is not in out.pcap")


@case("drivers-config: net_ring.cfg works unchanged")
def driver_net_ring(lab):
    ended = _run(lab, "net_ring", lab.folder())
    ended.said("port net_ring0:")
