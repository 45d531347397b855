# SPDX-License-Identifier: BSD-3-Clause
"""All options of weir-migrate, once: parsing, --help and the manual page are made of this table."""

from dataclasses import dataclass

from . import option_values as values


@dataclass(frozen=True)
class Option:
    name: str  # without dashes
    argument: str  # as --help shows it; "": takes none; "[=X]": may be left out
    help: str
    field: str
    read: object = values.text  # raises ValueError with what the argument must be
    letter: str = ""
    many: bool = False


GROUPS = (
    (
        "What is moved",
        (
            Option(
                "config",
                "FILE",
                "configuration of the tracker; all but counts need it",
                "config",
                letter="c",
            ),
            Option(
                "counts",
                "FILE",
                "completed counts for Weir's first start: a state dump or a scrape of opentracker, a full "
                "scrape (bencoded), an export of Weir, Torrust's database, or lines of info_hash and count; "
                "also compressed with gzip; several times: several files",
                "counts",
                letter="n",
                many=True,
            ),
            Option(
                "database",
                "FILE",
                "Torrust's database, for lists and keys: a file of SQLite or a dump of mysqldump, instead of "
                "the one that the configuration names",
                "database",
            ),
            Option(
                "torrents",
                "FILE",
                "list of torrents, instead of the one that the configuration names",
                "torrents",
            ),
            Option(
                "keys",
                "FILE",
                "keys of users, instead of those of the database: a line has a key, and perhaps the Unix "
                "time of its end",
                "keys",
            ),
            Option(
                "root",
                "FOLDER",
                "where paths of the configuration start, if not in its folder, such as "
                "the root of a container",
                "root",
            ),
            Option(
                "ignore-unknown",
                "",
                "report settings that weir-migrate does not know, instead of refusing the file",
                "ignore_unknown",
            ),
        ),
    ),
    (
        "What only you know",
        (
            Option(
                "driver",
                "NAME",
                "file of drivers-config for the network card, such as ice or net_tap, or a path",
                "driver",
                values.name,
                letter="d",
            ),
            Option(
                "device", "DEVICE", "PCI address of the card, such as 0000:3b:00.0", "device", values.device
            ),
            Option(
                "addresses",
                "LIST",
                "Weir's addresses with their prefix lengths, with commas between them: "
                "198.51.100.10/24,2001:db8::10/64",
                "addresses",
                values.addresses,
                letter="a",
            ),
            Option("gateway-ipv4", "ADDRESS", "router for IPv4", "gateway_ipv4", values.ipv4),
            Option("gateway-ipv6", "ADDRESS", "router for IPv6", "gateway_ipv6", values.ipv6),
            Option("vlan", "ID", "VLAN of all frames, from 1 to 4094", "vlan", values.number(1, 4094)),
            Option(
                "max-torrents",
                "N",
                "swarm.max_torrents, from 1 to 134000000 (default: eight times the number of counts, because "
                "torrents without peers get an eighth, and at least 500000)",
                "max_torrents",
                values.number(1, 134000000),
            ),
            Option(
                "max-peers",
                "N",
                "swarm.max_peers, from 1 to 2000000000 (default: that of Weir, 1000000)",
                "max_peers",
                values.number(1, 2000000000),
            ),
        ),
    ),
    (
        "Output",
        (
            Option(
                "output", "FOLDER", "folder to make, with weir.cfg and all other files", "output", letter="o"
            ),
            Option(
                "state",
                "FOLDER",
                "where lists, keys and the snapshot will be when Weir runs (default: the folder of --output)",
                "state",
            ),
            Option("force", "", "replace a folder that weir-migrate made", "force"),
            Option("check", "", "read everything, print the report and write nothing", "check"),
            Option("json", "", "print the report as JSON", "json"),
            Option("quiet", "", "print no progress", "quiet", letter="q"),
        ),
    ),
    (
        "Other",
        (
            Option(
                "version",
                "",
                "print the version and the revision of its source code, and exit",
                "version",
                letter="V",
            ),
            Option(
                "help",
                "[=man]",
                "print this help and exit; --help=man: its options as the man page has them",
                "help",
                letter="h",
            ),
        ),
    ),
)

OPTIONS = tuple(option for _, options in GROUPS for option in options)
