# SPDX-License-Identifier: BSD-3-Clause
"""weir-migrate on broken, foreign and enormous files: each mistake is named, and nothing is written."""

import gzip
import os
import re
import resource
import signal
import sqlite3
import subprocess
import time

from cases_output import program
from migration import DATA, PORT, TIMEOUT_S, migrate, torrust_database
from suite import case, check

HASH = "090c6d4fb3a03191c4ef1fda6236ef0efb2d5c10"
KEY = "xqD6NWH9TcKrOCwDmqcdH5hF5RrbL0A6"
TRACKERS = ("opentracker", "aquatic", "torrust", "chihaya")
NOISE = bytes((place * place * 31 + place * 7) & 0xFF for place in range(20000))
BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
)
SCHEMA = '[metadata]\nschema_version = "2.0.0"\n[core]\nlisted = true\nprivate = true\n'


def _refused(lab, folder, words, *wanted):
    """The messages name all of these, in order; the folder has what it had."""
    before = sorted(path.name for path in folder.iterdir())
    ended = migrate(lab, *words, "--output", folder / "moved", folder=folder, status=2)
    lines = ended.stderr.splitlines()
    check("nothing was written" in lines[-1] and ended.stdout == "", ended.stderr)
    check(sorted(path.name for path in folder.iterdir()) == before, f"{list(folder.iterdir())}")
    errors = [line.removeprefix("weir-migrate: error: ") for line in lines if ": error: " in line]
    check(len(errors) == len(wanted), f"{len(errors)} errors, not {len(wanted)}\n{ended.stderr}")
    for found, start in zip(errors, wanted):
        check(found.startswith(start), f"{start}\n{found}")
        check(len(found) < 500, found)
    return ended


def _config(lab, tracker, content, *wanted, words=()):
    folder = lab.folder()
    (folder / "f").write_bytes(content if isinstance(content, bytes) else content.encode())
    return _refused(lab, folder, (tracker, "--config", "f", *words), *wanted)


# --- configurations -----------------------------------------------------------------------------


@case("migrate wrong: what is no text, no file, or empty, with every tracker")
def no_text(lab):
    wide = (DATA / "aquatic.toml").read_text().encode("utf-16")
    for tracker in TRACKERS:
        _config(lab, tracker, b"", "f: is empty; must be the configuration")
        _config(
            lab, tracker, b"a 1\nb \xff\nc 2\n\xe9\n", "f:2: byte 0xff is no UTF-8", "f:4: byte 0xe9 is no"
        )
        _config(lab, tracker, b"#\n\0\n", "f:2: has a byte 0; must be text in UTF-8")
        _config(lab, tracker, wide.splitlines()[0], "f:1: ")
        folder = lab.folder()
        os.mkfifo(folder / "fifo")
        (folder / "folder").mkdir()
        for name, why in (
            ("fifo", "is no regular file"),
            ("folder", "is no regular file"),
            ("none", "cannot be read: No such file"),
            ("/dev/zero", "is no regular file"),
        ):
            _refused(lab, folder, (tracker, "--config", name), f"{name}: {why}")


@case("migrate wrong: files that are too large or nested too deeply end soon")
def too_much(lab):
    for tracker in TRACKERS:
        _config(
            lab, tracker, b"#" * ((16 << 20) + 1), "f: is too large for a configuration: it must have at most"
        )
    _config(lab, "aquatic", "a = " + "[" * 100000, "f:1: is no TOML that can be read: nested too deeply")
    _config(lab, "torrust", ".".join("a" * 3000) + " = 1", "f: is nested too deeply")
    _config(
        lab, "chihaya", "chihaya: " + "[" * 100000, "f:1: is nested too deeply; must be nested at most 16"
    )
    _config(lab, "chihaya", "chihaya:\n a: " + "*x " * 10, "f:2: is no YAML: ")
    _config(lab, "chihaya", BOMB, "f:1: a: is no setting of Chihaya")
    twigs = "chihaya:\n  x0: &x0 [" + "1, " * 99 + "1]\n"
    twigs += "".join(f"  x{n}: &x{n} {{a: *x{n - 1}, b: *x{n - 1}, c: *x{n - 1}}}\n" for n in range(1, 14))
    _config(lab, "chihaya", twigs, "f:3: stands for more than 1000000 values")
    aliases = "chihaya:\n  a: &a 1\n" + "".join(f"  b{n}: *a\n" for n in range(200))
    _config(lab, "chihaya", aliases, "f:103: has too many aliases; must have at most 100")
    _config(lab, "chihaya", "chihaya: !!python/object/apply:os.system [x]", "f:1: chihaya: ")


@case("migrate wrong: opentracker's lines, each by number")
def opentracker(lab):
    _config(
        lab,
        "opentracker",
        "tracker.user one\n\n  listen.udp\nlisten.udp 1.2.3\nlisten.tcp_udp 1.2.3.4:0\nno.such.key 1\n"
        "access.stats 192.0.2.0/33\ntracker.user two\nlisten.udp.workers many\nlisten.udp " + "1" * 600 + "\n"
        "livesync.cluster.listen [::1\n",
        "f:3: listen.udp: has no value; must be KEY VALUE",
        "f:8: tracker.user: is there twice, first in line 1; must be there once at most",
        "f:10: is too long; opentracker reads at most 510 bytes a line",
        "f:4: listen.udp: is 1.2.3; must be ADDRESS:PORT",
        "f:5: listen.tcp_udp: is 1.2.3.4:0; must be ADDRESS:PORT",
        "f:6: no.such.key: is no setting of opentracker; leave it out, or use --ignore-unknown",
        "f:7: access.stats: is 192.0.2.0/33; must be an IP address or a network",
        "f:9: listen.udp.workers: is many; must be a whole number from 0 to 4294967295",
        "f:11: livesync.cluster.listen: is [::1; must be ADDRESS:PORT",
    )
    _config(
        lab,
        "opentracker",
        "access.whitelist none\naccess.blacklist other\n",
        "f:2: access.blacklist: stands beside another list; must be a whitelist or a blacklist",
        "f:2: access.blacklist: other is missing; name the list with --torrents",
    )


@case("migrate wrong: TOML that is cut off, doubled, or has other types")
def toml(lab):
    whole = (DATA / "aquatic.toml").read_text()
    _config(lab, "aquatic", whole[: whole.index("203.0.113.5") + 4], "f:8: is no TOML: ")
    _config(
        lab, "aquatic", "[network]\nuse_ipv4 = true\nuse_ipv4 = false\n", "f:3: is no TOML: Cannot overwrite"
    )
    _config(
        lab,
        "aquatic",
        'socket_workers = "x"\nlog_level = 5\nnetwork = 3\nprotocol = []\n[cleaning]\nmax_peer_age = -1\n'
        'max_peer_agee = 5\n[access_list]\nmode = "perhaps"\npath = ""\n',
        "f:1: socket_workers: is x; must be a whole number from 0 to",
        "f:2: log_level: is 5; must be one of off, error",
        "f:3: network: is 3; must be a table",
        "f:4: protocol: is []; must be a table",
        "f:6: cleaning.max_peer_age: is -1; must be a whole number from 0 to 4294967295",
        "f:7: cleaning.max_peer_agee: is no setting of aquatic; did you mean cleaning.max_peer_age?",
        "f:9: access_list.mode: is perhaps; must be one of off, allow, deny",
        'f:10: access_list.path: is ""; must be a path',
    )
    _config(
        lab,
        "torrust",
        '[metadata]\nschema_version = "1.0.0"\n[[udp_trackers]]\n[[udp_trackers]]\nbind_address = "1.2.3.4"\n'
        "[core.database]\npassword = 5\n",
        "f:2: metadata.schema_version: is 1.0.0; must be one of 2.0.0, 3.0.0",
        "f:5: udp_trackers[1].bind_address: is 1.2.3.4; must be ADDRESS:PORT",
        "f:7: core.database.password: has a wrong value",
    )
    _config(
        lab, "torrust", "[core]\nlisted = false\n", "f: metadata.schema_version: is missing; must be one of"
    )
    both = "[network]\nuse_ipv4 = false\nuse_ipv6 = false\n"
    _config(lab, "aquatic", both, "f:3: network: uses neither IPv4 nor IPv6; must use one of them")


@case("migrate wrong: YAML that is cut off, doubled, or has other types, and hooks")
def yaml(lab):
    whole = (DATA / "chihaya.yaml").read_text()
    _config(lab, "chihaya", whole[: whole.index("https://issuer") + 4], "f:")
    _config(
        lab, "chihaya", "udp:\n  addr: x\n", "f:2: udp.addr: is no setting of Chihaya; all of them are below"
    )
    _config(
        lab,
        "chihaya",
        'chihaya:\n  announce_interval: "1m"\n  announce_interval: "2m"\n  udp: 5\n'
        "  min_announce_interval: soon\n"
        '  prehooks:\n  - name: "client approval"\n    options:\n      whitelist: ["short", 5]\n'
        "      blacklist: [x]\n"
        '  - name: "jwt!"\n  - options: {issuer: x}\n  - name: "interval variation"\n    options:\n'
        "      modify_response_probability: 1.5\n      max_increase_delta: 0\n",
        "f:3: chihaya.announce_interval: is there twice; must be there once at most",
        "f:11: chihaya.prehooks[1].name: is jwt!; must be one of jwt, client approval",
        "f:12: chihaya.prehooks[2].options.issuer: belongs to a hook without a name",
        "f:4: chihaya.udp: is 5; must be a table",
        'f:5: chihaya.min_announce_interval: is soon; must be a duration such as "30m"',
        "f:9: chihaya.prehooks[0].options.whitelist: is ['short', 5]; must be a list of texts",
        "f:15: chihaya.prehooks[3].options.modify_response_probability: is 1.5; must be a number above 0",
        "f:16: chihaya.prehooks[3].options.max_increase_delta: is 0; must be a whole number from 1",
    )
    twice = '  - {name: "torrent approval", options: {%s: [' + HASH + "]}}\n"
    _config(
        lab,
        "chihaya",
        "chihaya:\n  prehooks:\n" + twice % "whitelist" + twice % "whitelist",
        "f:4: chihaya.prehooks[1].options.whitelist: is a second list of torrent approval; must be there",
    )
    _config(
        lab,
        "chihaya",
        "chihaya:\n  prehooks:\n" + twice % "whitelist" + twice % "blacklist",
        "f:4: chihaya.prehooks[1].options.blacklist: torrent approval has both lists; must have a white",
    )
    hook = 'chihaya:\n  prehooks:\n  - name: "{}"\n    options:\n      {}: ["{}", "y"]\n'
    _config(
        lab,
        "chihaya",
        hook.format("client approval", "whitelist", "AB1234"),
        "f:5: client id: is y; must be a text of 6 bytes",
    )
    _config(
        lab,
        "chihaya",
        hook.format("torrent approval", "blacklist", HASH),
        "f:5: info_hash: is y; must be an info_hash: 40 hexadecimal digits",
    )


@case("migrate wrong: unknown settings are reported with --ignore-unknown")
def unknown(lab):
    folder = lab.folder()
    (folder / "f").write_text("[network]\nnew_option = 5\n")
    ended = migrate(lab, "aquatic", "-c", "f", "--check", "--ignore-unknown", folder=folder)
    check("f:2: network.new_option = 5\n      unknown, so it was left out" in ended.stdout, ended.stdout)


# --- lists and databases ------------------------------------------------------------------------


@case("migrate wrong: lists of torrents and keys, each line by number, and no key in a message")
def lists(lab):
    folder = lab.folder()
    (folder / "c").write_text("access.blacklist list\n")
    (folder / "list").write_bytes(
        f"# fine\n{HASH}\n{HASH}0\n{HASH[:39]}\n\n{HASH} fine\n{HASH}x\n".encode()
        + b"z" * 3000000
        + b"\n\xff\n"
    )
    wanted = [f"list:{line}: info_hash: " for line in (3, 4, 7, 8, 9)]
    _refused(lab, folder, ("opentracker", "-c", "c"), *wanted)
    (folder / "t").write_text(SCHEMA)
    (folder / "good").write_text(HASH + "\n")
    (folder / "keys").write_text(f"{KEY}\n{KEY} 99999999999\n{KEY[1:]}\n{KEY} soon\n{KEY} 4294967295\n")
    words = ("torrust", "-c", "t", "--torrents", "good", "--keys", "keys")
    ended = _refused(lab, folder, words, *[f"keys:{line}: key: must be a key of 32" for line in (2, 3, 4)])
    check(KEY[1:] not in ended.stderr, ended.stderr)
    (folder / "a").write_text("socket_workers = 1\n")
    words = ("aquatic", "-c", "a", "--torrents", "good", "--keys", "keys")
    _refused(lab, folder, words, "good: --torrents: is of no use", "keys: --keys: is of no use")


def _database(folder, *statements, name="d"):
    connection = sqlite3.connect(folder / name)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return folder / name


@case("migrate wrong: SQLite that is none, foreign, a view, damaged, or has rows of other types")
def sqlite(lab):
    folder = lab.folder()
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS info_hash FROM c"
    whole = torrust_database(folder / "whole", torrents=[(f"{n:040x}", n) for n in range(5000)]).read_bytes()
    (folder / "cut").write_bytes(whole[: len(whole) // 2])
    (folder / "noise").write_bytes(whole[:16] + NOISE)
    (folder / "hole").write_bytes(whole[:20480] + bytes(20480) + whole[40960:])
    _database(folder, "CREATE TABLE users (x)", name="foreign")
    _database(folder, f"CREATE VIEW torrents AS {endless}", name="view")
    _database(folder, "CREATE TABLE torrents (a, b)", name="columns")
    rows = f"('zz', 1), ('{HASH}', 'x'), ('{HASH}', -1), (NULL, 1), (x'00ff', 1), ('{HASH}', 4294967296)"
    _database(
        folder,
        "CREATE TABLE torrents (info_hash, completed)",
        f"INSERT INTO torrents VALUES {rows}",
        name="rows",
    )
    for name, *wanted in (
        ("cut", "cut: "),
        ("noise", "noise: is no database that SQLite can read: "),
        ("hole", "hole: cannot be read to the end of table torrents: "),
        (
            "foreign",
            "foreign: has no table torrents or completed_v1; must be the database of Torrust (its tables: u",
        ),
        ("view", "view: has no table torrents or completed_v1"),
        ("columns", "columns: has no column info_hash in table torrents"),
        (
            "rows",
            "rows, table torrents, row 1: info_hash: is zz; must be 40 hexadecimal digits",
            "rows, table torrents, row 2: completed: is x; must be a whole number from 0 to 4294967295",
            "rows, table torrents, row 3: completed: is -1; must be",
            "rows, table torrents, row 4: info_hash: is None; must be",
            "rows, table torrents, row 5: info_hash: is b'\\x00\\xff'; must be",
            "rows, table torrents, row 6: completed: is 4294967296; must be",
        ),
    ):
        _refused(lab, folder, ("counts", "-n", name), *wanted)


@case("migrate wrong: Torrust's lists without a database, or with one of wrong rows")
def torrust_lists(lab):
    folder = lab.folder()
    (folder / "t").write_text(SCHEMA)
    missing = "needs a database, and storage/tracker/lib/database/sqlite3.db is missing; name a file"
    _refused(
        lab, folder, ("torrust", "-c", "t"), f"t:4: core.listed: {missing}", f"t:5: core.private: {missing}"
    )
    torrust_database(
        folder / "d",
        whitelist=("x", HASH),
        keys=((KEY[1:], 5), (KEY, "soon"), (KEY[::-1], 1 << 40), (KEY, 5)),
    )
    ended = _refused(
        lab,
        folder,
        ("torrust", "-c", "t", "--database", "d"),
        "d, table whitelist, row 1: info_hash: is x; must be 40 hexadecimal digits",
        "d, table keys, row 1: key: must be 32 letters and digits",
        "d, table keys, row 2: valid_until: is soon; must be NULL or Unix seconds",
        "d, table keys, row 3: valid_until: is 1099511627776; must be",
    )
    check(KEY[1:] not in ended.stderr, ended.stderr)


# --- counts -------------------------------------------------------------------------------------


def _bencoded(rest):
    return b"d5:filesd20:" + b"a" * 20 + rest


COUNTS = (
    (b"", "f: is of no known format, it starts with nothing; must be a state dump"),
    (NOISE, "f: is of no known format, it starts with "),
    (f"4 {HASH} 3 5\n".encode(), "f: is a scrape export of aquatic, which has no completed counts"),
    (
        f"{HASH}:3:5\n".encode(),
        "f: is a short scrape of opentracker, which has no completed counts: /stats?mode=statedump",
    ),
    (
        f"{HASH}:29700000:5\n{HASH}:29700000:\n{HASH[1:]}:29700000:5\n\n{HASH}:29700000:4294967296\n".encode()
        + b"\xff\xfe\n"
        + b"y" * 5000
        + f"\n{HASH}:297".encode(),
        "f:2: torrent: is ",
        "f:3: torrent: is ",
        "f:5: completed: is 4294967296; must be at most 4294967295",
        "f:6: torrent: is ??; must be info_hash:base:completed",
        "f:7: torrent: the line is too long",
        f"f:8: torrent: is {HASH}:297; must be",
    ),
    (b"\x28\xb5\x2f\xfdabc", "f: is compressed with zstd; decompress it first"),
    (gzip.compress(NOISE)[:-9], "f: "),
    (gzip.compress(f"{HASH} 5\n".encode() * 9999)[:-12], "f: cannot be read to its end: "),
    (_bencoded(b"d8:completei1eee"), "f: byte 47 is e; must be behind a torrent with downloaded"),
    (
        _bencoded(b"d10:downloadedi-5eeee"),
        "f: byte 51 is ee; must be behind a torrent with downloaded from 0",
    ),
    (_bencoded(b"d10:downloadedi1eeeejunk"), "f: byte 52 is junk; must be the end"),
    (_bencoded(b"d10:downloadedi1ee"), "f: byte 50 is the end of the file; must be a string"),
    (b"d5:filesd19:" + b"a" * 19 + b"deee", "f: byte 31 is deee; must be behind an info_hash of 20 bytes"),
    (b"d5:filesd9999999999:", "f: byte 9 is 9999999999:; must be a string of at most"),
    (b"d1:a" + b"l" * 100000, "f: byte 13 is llll"),
    (b"d8:intervali5ee", "f: has no files; must be a full scrape"),
    (b"d5:filesi5ee", "f: byte 8 is i5ee; must be the dictionary of torrents"),
    (
        f"-- MySQL dump\nINSERT INTO `torrents` VALUES (1,'{HASH}',5),(2,'{HASH}'\n".encode(),
        "f:2: byte 79 of the line",
    ),
    (b"-- MySQL dump\nCREATE TABLE `users` (x);\n", "f: has no table torrents or completed_v1"),
)


@case("migrate wrong: counts of no format, cut off, damaged, foreign")
def counts(lab):
    for content, *wanted in COUNTS:
        folder = lab.folder()
        (folder / "f").write_bytes(content)
        _refused(lab, folder, ("counts", "--counts", "f"), *wanted)


@case("migrate wrong: of many mistakes a thousand are shown and all are counted")
def many(lab):
    folder = lab.folder()
    (folder / "f").write_text(f"{HASH} 5\n" + "wrong\n" * 5000)
    ended = migrate(lab, "counts", "-n", "f", "-o", "moved", folder=folder, status=2)
    check(len(ended.stderr.splitlines()) == 1002, f"{len(ended.stderr.splitlines())} lines")
    check("4000 more like these\nweir-migrate: 5000 mistakes: nothing was written\n" in ended.stderr, "")


# --- the command line and the output ------------------------------------------------------------


@case("migrate wrong: the command line, every mistake at once")
def command_line(lab):
    for words, *wanted in (
        ((), "the first word must be one of", "--config FILE is missing", "--output FOLDER is missing"),
        (("counts", "-o", "x"), "counts needs --counts FILE"),
        (
            ("counts", "-n", "a", "-c", "b", "--keys", "k", "-o", "x"),
            "--config does not go",
            "--keys does not go",
        ),
        (("aquatic", "more", "-c", "f", "-o", "x"), "more is one word too many"),
        (("aquatic", "--nothing"), "option --nothing not recognized"),
        (
            (
                "aquatic",
                "-c",
                "f",
                "-o",
                "x",
                "-a",
                "1.2.3.4",
                "--vlan",
                "0",
                "--max-peers",
                "-1",
                "--device",
                "/",
            ),
            "--addresses must be",
            "--vlan must be a number from 1 to 4094",
            "--max-peers must be",
            "--device must be",
        ),
        (
            ("aquatic", "-c", "f", "-o", "x", "--gateway-ipv4", "::1", "--gateway-ipv6", "x", "-d", 'a"b'),
            "--gateway-ipv4 must be an IPv4 address",
            "--gateway-ipv6 must be an IPv6 address",
            "--driver must be",
        ),
    ):
        lines = migrate(lab, *words, status=2).stderr.splitlines()
        check(len(lines) == len(wanted), f"{words}: {lines}")
        for line, start in zip(lines, wanted):
            good = line.startswith(f"weir-migrate: {start}") and line.endswith("; see weir-migrate --help")
            check(good, f"{words}: {line}")


@case("migrate wrong: an output that is there, foreign, or cannot be written stays as it was")
def outputs(lab):
    folder = lab.folder()
    words = ("aquatic", "-c", DATA / "aquatic.toml", *PORT, "-o")
    (folder / "empty").mkdir()
    migrate(lab, *words, folder / "empty")
    (folder / "other").mkdir()
    (folder / "other" / "file").write_text("precious")
    for output, more, why in (
        (folder / "empty", (), "is there already; name another folder, or use --force"),
        (folder / "other", (), "is there already"),
        (folder / "other", ("--force",), "is no output of weir-migrate (no report.json in it)"),
        (folder / "none" / "x", (), "is no folder; make it first"),
    ):
        ended = migrate(lab, *words, output, *more, status=2)
        check(why in ended.stderr, f"{why}\n{ended.stderr}")
    check((folder / "other" / "file").read_text() == "precious", "it was changed")
    before = (folder / "empty" / "report.txt").stat().st_ino
    migrate(lab, *words, folder / "empty", "--force")
    check((folder / "empty" / "report.txt").stat().st_ino != before, "it was not replaced")
    ended = migrate(lab, *words, "/proc/x", status=1)
    check("no folder can be made in /proc" in ended.stderr, ended.stderr)
    check(sorted(path.name for path in folder.iterdir()) == ["empty", "other"], f"{list(folder.iterdir())}")


def _limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@case("migrate wrong: a full disk leaves nothing behind")
def full(lab):
    folder = lab.folder()
    (folder / "f").write_text("".join(f"{number:040x} 5\n" for number in range(20000)))
    ended = subprocess.run(
        [program(lab, "weir-migrate"), "counts", "-n", "f", "-o", "moved"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        preexec_fn=_limit_files,
    )
    check(ended.returncode == 1 and "cannot be written: File too large" in ended.stderr, ended.stderr)
    check([path.name for path in folder.iterdir()] == ["f"], f"{list(folder.iterdir())}")


@case("migrate wrong: a signal ends it, it says so, and leaves nothing behind")
def stopped(lab):
    folder = lab.folder()
    (folder / "f").write_text(f"{HASH} 5\n" * 3_000_000)
    for number in (signal.SIGTERM, signal.SIGINT):
        process = subprocess.Popen(
            [program(lab, "weir-migrate"), "counts", "-n", "f", "-o", "moved"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = process.stderr.readline()  # progress, after two seconds
        check(re.fullmatch(r"weir-migrate: reading f: \d+ %\n", said), said)
        start = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=TIMEOUT_S)
        check(process.returncode == 1 and "stopped: nothing was written" in err, err)
        check(time.monotonic() - start < 10, "it took long")  # others use the machine, too
        check([path.name for path in folder.iterdir()] == ["f"], f"{list(folder.iterdir())}")
