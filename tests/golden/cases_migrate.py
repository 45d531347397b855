# SPDX-License-Identifier: BSD-3-Clause
"""weir-migrate on files with every key of each tracker's own default file: Weir takes what it makes.

The files in tests/migrate are ours. The formats are described in opentracker.conf.sample and opentracker.c;
crates/udp/src/config.rs of aquatic; packages/configuration of Torrust; dist/example_config.yaml of Chihaya.
"""

import json
import re
import shutil
import stat

from cases_command_line import OK, check_status, run
from lab import REPOSITORY
from migration import DATA, PORT, fates, migrate, report, settings, torrust_database
from suite import case, check

ONE, TWO, THREE = (
    "090c6d4fb3a03191c4ef1fda6236ef0efb2d5c10",
    "5452869be36f9f3350ccee6b4544e7e76caaadab",
    "c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
)
ALICE, BOB = "xqD6NWH9TcKrOCwDmqcdH5hF5RrbL0A6", "YZSl4lMZupRuOpSRC3krIKR5BPB14nrJ"
# What an operator has who changed nothing.
PLAIN = {
    "opentracker": "# nothing is set\n",
    "aquatic": "socket_workers = 1\n",
    "torrust": '[metadata]\nschema_version = "2.0.0"\n[logging]\nthreshold = "info"\n'
    "[core]\nlisted = false\nprivate = false\n",
    "chihaya": 'chihaya:\n  udp:\n    addr: "0.0.0.0:6969"\n  prehooks:\n',
}
EXPECTED_PLAIN = {
    "opentracker": {
        "tracker.port": "6969",
        "tracker.interval": "1620",
        "tracker.interval_spread": "360",
        "swarm.peer_timeout": "2700",
        "tracker.peers_max_ipv4": "200",
        "tracker.peers_max_ipv6": "66",
    },
    "aquatic": {
        "tracker.port": "3000",
        "tracker.interval": "900",
        "swarm.peer_timeout": "1200",
        "tracker.peers_max_ipv4": "30",
        "log.level": "error",
    },
    "torrust": {
        "tracker.port": "6969",
        "tracker.interval": "120",
        "swarm.peer_timeout": "900",
        "tracker.peers_max_ipv4": "74",
        "tracker.peers_max_ipv6": "66",
    },
    "chihaya": {
        "tracker.port": "6969",
        "tracker.interval": "1800",
        "swarm.peer_timeout": "1860",
        "tracker.peers_max_ipv4": "100",
        "tracker.peers_default": "50",
    },
}


def _move(lab, tracker, config, *words):
    """Weir checks what was made. Returns the folder."""
    folder = lab.folder() / "moved"
    migrate(lab, tracker, "--config", config, "--output", folder, *PORT, *words)
    (folder / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    check_status(run(lab, "-c", folder / "weir.cfg", "--check"), OK)
    return folder


def _compare(found, expected):
    wrong = {name: (found.get(name), value) for name, value in expected.items() if found.get(name) != value}
    check(not wrong, f"{wrong}")


def _check_fates(told, expected):
    found = fates(told)
    wrong = {key: (found.get(key), fate) for key, fate in expected.items() if found.get(key) != fate}
    check(not wrong, f"{wrong}")
    for line in told["settings"]:
        check(line["note"] or line["setting"], f"no reason: {line}")


def _lines(path):
    return path.read_text().splitlines()


@case("migrate: a tracker that was started with its defaults goes on as it was")
def plain(lab):
    for tracker, text in PLAIN.items():
        config = lab.folder() / "config"
        config.write_text(text)
        _compare(settings(_move(lab, tracker, config)), EXPECTED_PLAIN[tracker])


@case("migrate: opentracker's settings, list and reasons")
def opentracker(lab):
    folder = _move(lab, "opentracker", DATA / "opentracker.conf", "--counts", DATA / "opentracker.dump")
    _compare(
        settings(folder), {"tracker.port": "6969", "access.mode": "allow", "swarm.max_torrents": "500000"}
    )
    check(
        _lines(folder / "lists" / "torrents") == [ONE, f"{TWO}  # an upper case one", f"{THREE}  # a third"],
        (folder / "lists" / "torrents").read_text(),
    )
    told = report(folder)
    _check_fates(
        told,
        {
            "listen.udp.workers": "adapted",
            "listen.tcp_udp": "taken",
            "listen.tcp_udp (TCP)": "no equal",
            "listen.tcp": "no equal",
            "access.stats": "no equal",
            "livesync.cluster.listen": "no equal",
            "tracker.redirect_url": "no equal",
            "tracker.rootdir": "not needed",
            "tracker.user": "not needed",
        },
    )
    other = [line for line in told["settings"] if line["value"] == "203.0.113.5:1337"]
    check(len(other) == 1 and other[0]["fate"] == "no equal" and "1337" in other[0]["note"], f"{other}")
    check("# lcores = { main = [ 0 ]; io = [ 1, 2, 3, 4 ];" in (folder / "weir.cfg").read_text(), "no lcores")


@case("migrate: aquatic's settings, list and reasons")
def aquatic(lab):
    folder = _move(lab, "aquatic", DATA / "aquatic.toml")
    _compare(
        settings(folder),
        {
            "tracker.port": "3000",
            "tracker.interval": "1200",
            "tracker.peers_max_ipv4": "40",
            "tracker.peers_default": "40",
            "tracker.connection_id_max_age": "90",
            "swarm.peer_timeout": "1800",
            "access.mode": "deny",
            "log.level": "warning",
        },
    )
    check(_lines(folder / "lists" / "torrents") == [ONE, TWO], "the list is another")
    _check_fates(
        report(folder),
        {
            "socket_workers": "adapted",
            "network.ring_size": "not needed",
            "statistics.peer_clients": "no equal",
            "statistics.print_to_stdout": "not needed",
            "statistics.prometheus_endpoint_address": "adapted",
            "scrape_exports.enable_scrape_exports": "adapted",
        },
    )


def _torrust(lab, newer):
    folder = lab.folder()
    shutil.copy(DATA / "torrust-2.toml", folder / "tracker.toml")
    torrust_database(
        folder / "torrust.db",
        whitelist=(ONE, TWO.upper()),
        keys=((ALICE, None), (BOB, 1798761600), (ALICE[::-1], 0)),
        torrents=((ONE, 7), (TWO, 1 if newer else 0)),
        newer=newer,
    )
    return folder


@case("migrate: Torrust's settings of schema 2, its whitelist, keys and counts")
def torrust_2(lab):
    for newer in (False, True):
        config = _torrust(lab, newer)
        words = ("--counts", config / "torrust.db")
        folder = _move(lab, "torrust", config / "tracker.toml", *words)
        _compare(
            settings(folder),
            {
                "tracker.port": "6868",
                "tracker.interval": "300",
                "tracker.connection_id_max_age": "100",
                "swarm.peer_timeout": "700",
                "swarm.keep_completed": "31536000",
                "access.mode": "allow",
                "keys.required": "true",
            },
        )
        check(_lines(folder / "lists" / "torrents") == [ONE, TWO], "the whitelist is another")
        keys = [ALICE, f"{BOB}  until=1798761600", f"{ALICE[::-1]}  until=1"]
        check(_lines(folder / "lists" / "keys") == keys, "the keys are others")
        told = report(folder)
        check(told["counts"]["downloads"] == (8 if newer else 7), f"{told['counts']}")
        check((folder / "gateway-token").read_text() == "a-token-for-tests\n", "the token is another")
        text = (folder / "report.txt").read_text() + (folder / "report.json").read_text()
        for secret in (ALICE, BOB, "a-token-for-tests", "another-one"):
            check(secret not in text, f"the report tells {secret}")


@case("migrate: Torrust's settings of schema 3, with a server for a database")
def torrust_3(lab):
    folder = _move(lab, "torrust", DATA / "torrust-3.toml")
    _compare(
        settings(folder),
        {
            "tracker.port": "6969",
            "tracker.interval": "120",
            "tracker.interval_spread": "8",
            "tracker.connection_id_max_age": "300",
            "tracker.peers_max_ipv6": "50",
            "swarm.peer_timeout": "188",
        },
    )
    told = report(folder)
    _check_fates(
        told,
        {
            "logging.trace_filter": "adapted",
            "core.tracker_policy.max_peer_timeout": "adapted",
            "udp_tracker_server.connection_id_validation": "no equal",
            "udp_tracker_server.max_connection_id_errors_per_ip": "no equal",
            "http_trackers[0].bind_address": "no equal",
            "http_api.bind_address": "adapted",
            "core.database.password": "not needed",
        },
    )
    check(
        "secret-of-the-database" not in (folder / "report.json").read_text(), "the report tells the password"
    )


@case("migrate: Chihaya's settings, and what its hooks become")
def chihaya(lab):
    folder = _move(lab, "chihaya", DATA / "chihaya.yaml")
    _compare(
        settings(folder),
        {
            "tracker.port": "6969",
            "tracker.interval": "1200",
            "tracker.interval_spread": "90",
            "tracker.peers_max_ipv4": "80",
            "tracker.peers_max_ipv6": "66",
            "tracker.peers_default": "30",
            "tracker.key_file": str(folder / "key"),
            "swarm.peer_timeout": "2430",
            "access.mode": "allow",
            "access.clients_mode": "deny",
        },
    )
    check(_lines(folder / "lists" / "torrents") == [ONE, TWO], "the list of torrents is another")
    clients = ["-XL0012", "XL0012", "-exbc%250", "exbc%250"]
    check(_lines(folder / "lists" / "clients") == clients, "the list of clients is another")
    told = report(folder)
    _check_fates(
        told,
        {
            "chihaya.prehooks[0].options.issuer": "no equal",
            "chihaya.prehooks[2].options.modify_response_probability": "no equal",
            "chihaya.prehooks[2].options.max_increase_delta": "adapted",
            "chihaya.storage.name": "no equal",
            "chihaya.udp.allow_ip_spoofing": "no equal",
            "chihaya.metrics_addr": "adapted",
        },
    )
    text = (folder / "report.json").read_text()
    check("only this tracker knows" not in text and "redis://word" not in text, "the report tells a secret")


@case("migrate: the files of these tests have every key that the tables know")
def complete(lab):
    """So that no row is without a test."""
    elsewhere = {"core.remove_peerless_torrents", "udp_trackers[].max_connection_id_errors_per_ip"}
    elsewhere |= {"http_trackers[].ipv6_v6only", "http_trackers[].tracker_usage_statistics"}
    elsewhere |= {"udp_trackers[].cookie_lifetime.nanos", "chihaya.prehooks[client approval].whitelist"}
    elsewhere |= {"chihaya.prehooks[torrent approval].blacklist", "chihaya.posthooks[].*", "access.blacklist"}
    elsewhere |= {"network.set_reuseport_lb", "http_trackers[].tls_config.*"}
    known = set()
    for tracker in ("opentracker", "aquatic", "torrust", "chihaya"):
        source = (REPOSITORY / "app" / "weir-migrate" / "migrate" / f"{tracker}.py").read_text()
        words = "taken|adapted|missing|needless|free|secret|Row"
        known |= set(re.findall(rf'^    (?:{words})\(\s*"([^"]+)"', source, re.M))
    check(len(known) > 120, f"{len(known)} keys")
    seen = set()
    for tracker, name in (
        ("opentracker", "opentracker.conf"),
        ("aquatic", "aquatic.toml"),
        ("torrust", "torrust-2.toml"),
        ("torrust", "torrust-3.toml"),
        ("chihaya", "chihaya.yaml"),
    ):
        ended = migrate(lab, tracker, "-c", _ready(lab, name), "--check", "--json")
        told = json.loads(ended.stdout)["settings"]
        seen |= {re.sub(r"\[\d+\]", "[]", line["key"]) for line in told if line["where"]}
    hooks = ("jwt", "client approval", "interval variation", "torrent approval")
    plain = {re.sub(rf"\[(?:{'|'.join(hooks)})\]\.", "[].options.", key): key for key in known}
    lost = {key for shown, key in plain.items() if not any(fits(shown, other) for other in seen)}
    check(lost <= elsewhere, f"no test has {sorted(lost - elsewhere)}")


def fits(key, other):
    return other.startswith(key[:-1]) if key.endswith("*") else key == other


def _ready(lab, name):
    """A file of the tests, beside a database if it needs one."""
    return _torrust(lab, False) / "tracker.toml" if name == "torrust-2.toml" else DATA / name


@case("migrate: ranges of Weir's settings are those of --print-options")
def ranges(lab):
    source = (REPOSITORY / "app" / "weir-migrate" / "migrate" / "draft.py").read_text()
    rows = re.findall(r'^    "(\w+\.\w+)": \((\d+), (\d+)\),$', source, re.M)
    check(len(rows) > 8, f"{rows}")
    printed = run(lab, "--print-options").out
    for name, low, high in rows:
        check(
            re.search(rf"^\| `{name}` \| [^|]* \| {low} to {high} \|", printed, re.M),
            f"{name}: {low} to {high}",
        )
    defaults = re.findall(r'"(\w+\.\w+)": (\d+)', source[source.index("DEFAULTS =") :].partition("}")[0])
    for name, value in defaults:
        check(re.search(rf"^\| `{name}` \| `{value}` \|", printed, re.M), f"{name}: {value}")


@case("migrate: files are for their owner alone, and --state says where they will be")
def modes(lab):
    folder = lab.folder() / "moved"
    words = ("--state", "/var/lib/weir", "--counts", DATA / "opentracker.dump")
    migrate(lab, "opentracker", "-c", DATA / "opentracker.conf", "-o", folder, *words)
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        check(mode == (0o700 if path.is_dir() else 0o600), f"{path} has mode {mode:o}")
    found = settings(folder)
    check(found["access.file"] == "/var/lib/weir/lists/torrents", found["access.file"])
    check(found["snapshot.file"] == "/var/lib/weir/peers", found["snapshot.file"])
    text = (folder / "weir.cfg").read_text()
    check(
        'addresses = [ "203.0.113.5/FILL-IN", "203.0.113.6/FILL-IN", "2001:db8:5::1/FILL-IN" ]' in text, text
    )
    told = report(folder)
    check(any("FILL-IN" in line for line in told["todo"]), f"{told['todo']}")
    check(
        sorted(told["files"]) == sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()),
        "",
    )


@case("migrate: --check writes nothing, --json prints the report")
def check_only(lab):
    folder = lab.folder()
    ended = migrate(lab, "aquatic", "-c", DATA / "aquatic.toml", "--check", "--json", folder=folder)
    told = json.loads(ended.stdout)
    check(told["version"] == 1 and told["tracker"] == "aquatic" and told["settings"], ended.stdout)
    check(list(folder.iterdir()) == [], f"{list(folder.iterdir())}")


@case("migrate: paths are found in a container's root and in the tracker's own")
def roots(lab):
    folder = lab.folder()
    database = folder / "container" / "var" / "lib" / "torrust" / "tracker.db"
    database.parent.mkdir(parents=True)
    torrust_database(database, whitelist=(ONE,))
    (folder / "tracker.toml").write_text(
        '[metadata]\nschema_version = "2.0.0"\n[core]\nlisted = true\nprivate = false\n'
        '[core.database]\npath = "/var/lib/torrust/tracker.db"\n[[udp_trackers]]\n[[udp_trackers]]\n'
        'bind_address = "0.0.0.0:6868"\n[[udp_trackers]]\ncookie_lifetime = 200\n'
    )
    moved = _move(lab, "torrust", folder / "tracker.toml", "--root", "container")
    check(_lines(moved / "lists" / "torrents") == [ONE], "the whitelist is another")
    # Two of three listen on Torrust's default port, without saying so.
    _compare(settings(moved), {"tracker.port": "6969", "tracker.connection_id_max_age": "200"})
    (folder / "jail").mkdir()
    (folder / "jail" / "list").write_text(TWO + "\n")
    (folder / "tracker.conf").write_text("access.blacklist /list\ntracker.rootdir jail\n")
    moved = _move(lab, "opentracker", folder / "tracker.conf")
    check(_lines(moved / "lists" / "torrents") == [TWO], "the list is another")
    text = '[privileges]\ndrop_privileges = true\nchroot_path = "jail"\n'
    text += '[access_list]\nmode = "allow"\npath = "list"\n'
    (folder / "aquatic.toml").write_text(text)
    moved = _move(lab, "aquatic", folder / "aquatic.toml")
    check(_lines(moved / "lists" / "torrents") == [TWO], "the list is another")
    (folder / "aquatic.toml").write_text(text.replace("true", "false"))
    wanted = "aquatic.toml:6: access_list.path: list is missing; name the list with --torrents"
    words = ("-c", "aquatic.toml", "--check")
    check(wanted in migrate(lab, "aquatic", *words, folder=folder, status=2).stderr, wanted)


@case("migrate: lists of another place, and a dump of MySQL, replace those of the configuration")
def replaced(lab):
    folder = lab.folder()
    (folder / "list").write_text(THREE + "\n")
    (folder / "keys").write_text(f"{ALICE}\tNULL\n{BOB}\t1798761600\n")
    config = _torrust(lab, False) / "tracker.toml"
    moved = _move(lab, "torrust", config, "--torrents", folder / "list", "--keys", folder / "keys")
    check(_lines(moved / "lists" / "torrents") == [THREE], "the list is another")
    check(_lines(moved / "lists" / "keys") == [ALICE, f"{BOB}  until=1798761600"], "the keys are others")
    (folder / "dump.sql").write_text(
        "-- MySQL dump 10.13\nCREATE TABLE `keys` (\n);\n"
        f"INSERT INTO `keys` (`id`, `valid_until`, `key`) VALUES (1,NULL,'{ALICE}'),(2,1798761600,'{BOB}');\n"
        f"CREATE TABLE `whitelist` (\n);\nINSERT INTO `whitelist` VALUES (1,'{ONE}'),(5,'{TWO}');\n"
    )
    moved = _move(lab, "torrust", config, "--database", folder / "dump.sql")
    check(_lines(moved / "lists" / "torrents") == [ONE, TWO], "the whitelist is another")
    check(_lines(moved / "lists" / "keys") == [ALICE, f"{BOB}  until=1798761600"], "the keys are others")
