# SPDX-License-Identifier: BSD-3-Clause
"""Completed counts of other trackers: a Weir that starts from weir-migrate's snapshot knows them.

The formats are described in ot_fullscrape.c of opentracker (state dump, text and bencoded scrapes), in BEP 48
(scrape), in docs/options.md (export.file), and in packages/tracker-core/migrations of Torrust.
"""

import gzip
import importlib
import shutil
import sys

from cases_command_line import OK, check_status, run
from frames import client4, client6
from lab import REPOSITORY
from migration import DATA, PORT, migrate, report, torrust_database
from suite import case, check
from tracker import Torrent

# Downloads by info_hash. Not more than an eighth of the 1,000 torrents that a scenario has room for.
COUNTS = {bytes([number]) * 19 + bytes([255 - number]): number * number * 977 for number in range(1, 60)}
COUNTS[b"\xff" * 20] = 0xFFFFFFFF
ZERO = b"\0" * 20
BASE = 29_700_000  # minutes since 1970


def _lines(form):
    return "".join(
        form.format(hash=key.hex(), count=count) + "\n" for key, count in {**COUNTS, ZERO: 0}.items()
    )


def _bencoded(usual):
    """As opentracker has it; otherwise with other members and another order."""
    torrents = b""
    for key, count in {**COUNTS, ZERO: 0}.items():
        row = b"d8:completei4e10:downloadedi%de10:incompletei9ee" % count
        other = b"d8:completei4e10:downloadedi%de10:incompletei9e4:name3:a:b5:extral1:xi-7eee" % count
        torrents += b"20:" + key + (row if usual else other)
    head = b"d5:filesd" if usual else b"d5:aboutd1:ai1e1:bl4:textee5:filesd"
    return head + torrents + (b"ee" if usual else b"e8:intervali1800ee")


def _dump(table, column):
    """As mysqldump writes it: all rows in one statement, without the names of columns."""
    rows = ",".join(f"({n},'{key.hex()}',{count})" for n, (key, count) in enumerate(COUNTS.items(), 1))
    return (
        "-- MySQL dump 10.13  Distrib 8.0.36\n\n"
        f"DROP TABLE IF EXISTS `{table}`;\nCREATE TABLE `{table}` (\n  `{column}` int NOT NULL\n);\n"
        f"LOCK TABLES `{table}` WRITE;\nINSERT INTO `{table}` VALUES {rows};\nUNLOCK TABLES;\n"
        "CREATE TABLE `other` (`x` int);\nINSERT INTO `other` VALUES (1,'it\\'s'),(2,'(3,)');\n"
    )


def _sources(folder):
    """One file of each format."""
    texts = {
        "state.dump": _lines(f"{{hash}}:{BASE}:{{count}}"),
        "scrape.txtp": _lines("{hash}:3:5:{count}"),
        "export": _lines("4 {hash} 3 5 {count}"),
        "export6": _lines("6 {hash} 3 5 {count}"),
        "plain": "# a comment\n\n" + _lines("{hash}\t{count}"),
        "dos": _lines("{hash},{count}").replace("\n", "\r\n"),
        "dump.sql": _dump("torrents", "completed"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, newline="")
    (folder / "scrape").write_bytes(_bencoded(True))
    (folder / "scrape.other").write_bytes(_bencoded(False))
    (folder / "scrape.gz").write_bytes(gzip.compress(_bencoded(True)))
    torrents = [(key.hex(), count) for key, count in {**COUNTS, ZERO: 0}.items()]
    torrust_database(folder / "torrust.db", torrents=torrents)
    return sorted(folder.iterdir())


def _restore(lab, snapshot, counts, settings=None):
    """A Weir that starts from a copy answers scrapes and announces with these counts."""
    path = lab.folder() / "peers"
    shutil.copy(snapshot, path)
    path.chmod(0o600)
    scenario = lab.scenario(settings={"snapshot.file": str(path), **(settings or {})})
    for info_hash, count in counts.items():
        scenario.tracker.torrents[info_hash] = Torrent(completed=count)
    for client_of in (client4, client6):
        scenario.connect(client_of(2))
        scenario.scrape(client_of(2), [*counts, ZERO])
        for info_hash in counts:
            scenario.announce(client_of(11), info_hash, left=5)
        scenario.scrape(client_of(2), [*counts, ZERO])
    ended = scenario.run()
    ended.said(f"restored {len(counts)} torrents and 0 peers in ")
    check("found no room" not in ended.err, ended.err)


@case("migrate counts: every format becomes a snapshot that Weir answers from")
def formats(lab):
    folder = lab.folder()
    first = None
    for source in _sources(folder):
        output = lab.folder() / "moved"
        migrate(lab, "counts", "--counts", source, "--output", output)
        told = report(output)["counts"]
        check(told["torrents with completed counts"] == len(COUNTS), f"{source.name}: {told}")
        check(told["downloads"] == sum(COUNTS.values()), f"{source.name}: {told}")
        body = (output / "peers").read_bytes()[96:-64]
        first = first or body
        check(body == first or source.name == "export6", f"{source.name}: the snapshot is another")
        if source.name in ("export6", "scrape"):
            _restore(lab, output / "peers", COUNTS)


@case("migrate counts: of a torrent in several files the largest count remains")
def several(lab):
    folder, output = lab.folder(), lab.folder() / "moved"
    keys = list(COUNTS)[:3]
    (folder / "one").write_text(f"{keys[0].hex()} 5\n{keys[1].hex()} 9\n{keys[0].hex()} 4\n")
    (folder / "two").write_text(
        f"4 {keys[1].hex()} 0 0 7\n6 {keys[1].hex()} 0 0 3\n4 {keys[2].hex()} 1 1 1\n"
    )
    migrate(lab, "counts", "-n", folder / "one", "-n", folder / "two", "-o", output)
    path = output / "peers"
    scenario = lab.scenario(settings={"snapshot.file": str(path)})
    for key, count in zip(keys, (5, 12, 1)):
        scenario.tracker.torrents[key] = Torrent(completed=count)
    scenario.connect(client4(2))
    scenario.scrape(client4(2), keys)
    scenario.run().said("restored 3 torrents and 0 peers")


@case("migrate counts: blocks that are full, and lcores of their own, lose nothing")
def blocks(lab):
    folder, output = lab.folder(), lab.folder() / "moved"
    many = 13_000  # three blocks
    with open(folder / "plain", "w") as out:
        for number in range(many):
            out.write(f"{number.to_bytes(20, 'big').hex()} {number + 1}\n")
    (folder / "tracker.conf").write_text("listen.udp 203.0.113.5\n")
    words = ("-n", folder / "plain", "--max-torrents", 200_000, "--max-peers", 1000, *PORT)
    migrate(lab, "opentracker", "-c", folder / "tracker.conf", "-o", output, *words)
    (output / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    check_status(run(lab, "-c", output / "weir.cfg", "--check"), OK)
    with open(output / "weir.cfg", "a") as config:
        config.write(f'memory = {{ file_prefix = "{lab.file_prefix()}"; }};\nhost = {{ dad = false; }};\n')
    for _ in range(2):  # from the snapshot, then from the one that Weir wrote
        ended = run(lab, "-c", output / "weir.cfg", "--run-for", "1")
        ended.check_clean()
        ended.said(f"restored {many} torrents and 0 peers in ")


@case("migrate counts: swarm.max_torrents has room, or the report says how many counts are lost")
def room(lab):
    output = lab.folder() / "moved"
    migrate(lab, "counts", "-n", DATA / "opentracker.dump", "-o", output, "--max-torrents", 9)
    told = report(output)
    sizes = [line["new_value"] for line in told["settings"] if line["setting"] == "swarm.max_torrents"]
    check(sizes == ["9"], f"{sizes}")
    check(any("Only about 1 of 2 torrents" in note for note in told["notes"]), f"{told['notes']}")


@case("migrate counts: the checksum is that of one bit at a time")
def checksum(lab):
    sys.path.insert(0, str(REPOSITORY / "app" / "weir-migrate"))
    crc32c = importlib.import_module("migrate.crc32c").crc32c

    def naive(crc, content):
        for byte in content:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        return crc

    check(naive(0xFFFFFFFF, b"123456789") ^ 0xFFFFFFFF == 0xE3069283, "the naive one is wrong")
    for length in (*range(0, 70), 127, 128, 129, 1000, 4095, 65536):
        content = bytes((length * 7 + place * place) & 0xFF for place in range(length))
        for crc in (0, 1, 0xFFFFFFFF, 0x12345678):
            check(crc32c(crc, content) == naive(crc, content), f"{length} bytes")
