# SPDX-License-Identifier: BSD-3-Clause
"""Torrust: TOML of schema 2.0.0 or 3.0.0 (packages/configuration), and a database for lists and counts."""

import re

from . import actions, kinds, toml_file
from .draft import Source
from .entries import Entry
from .mapping import Row, adapted, free, missing, needless, taken
from .report import Fate

NAME = "torrust"
COUNTS = "Torrust's counts can be moved: give its database, or a dump of mysqldump, to --counts."
MONTHS_12_S = 31536000
ADDRESS = "0.0.0.0:6969"
UDP = re.compile(r"udp_trackers\[\d+\]")
VERSIONS = ("2.0.0", "3.0.0")

HTTP = "Weir answers UDP alone; keep Torrust for HTTP, or give users a udp:// URL"
PROXY = "only HTTP trackers have a proxy in front of them"
API = "weir-gateway has Torrust's paths for statistics, the whitelist and keys (man weir-gateway)"
USAGE = "Weir counts at no cost that could be saved"
NAMES = "Weir tells its announce URLs in the log"
BANS = "a wrong connection id never leads to a ban; limits.* bound what an address gets (docs/limits.md)"


def trace_filter(draft, row, source, value, entry):
    """A level, or directives for modules: the first bare level of them."""
    words = [word.strip().lower() for word in value.split(",")]
    level = next((word for word in words if word in actions.LEVELS), "info")
    exact = words == [level]
    note = "" if exact else "the log has one level for everything"
    draft.set("log.level", actions.LEVELS[level][0], source, note, Fate.TAKEN if exact else Fate.ADAPTED)


def token(draft, row, source, value, entry):
    draft.kept.setdefault("tokens", []).append((value, source))


def secret(key, note):
    return Row(key, kinds.text, Fate.NOT_NEEDED, "", note, secret=True)


SERVER = (
    taken("udp_trackers[].bind_address", kinds.listen(), "tracker.port", do=actions.listen),
    taken(
        "udp_trackers[].cookie_lifetime", kinds.number(0, kinds.UINT32_MAX), "tracker.connection_id_max_age"
    ),
    taken(
        "udp_trackers[].cookie_lifetime.secs",
        kinds.number(0, kinds.UINT32_MAX),
        "tracker.connection_id_max_age",
    ),
    needless("udp_trackers[].cookie_lifetime.nanos", kinds.number(0, 10**9), "whole seconds are enough"),
    needless("udp_trackers[].tracker_usage_statistics", kinds.flag, USAGE),
    missing("udp_trackers[].max_connection_id_errors_per_ip", kinds.number(), BANS),
    needless("udp_trackers[].public_url", kinds.text, NAMES),
    missing("udp_trackers[].network.external_ip", kinds.text, "a loopback client cannot reach Weir's card"),
    needless("udp_trackers[].network.on_reverse_proxy", kinds.flag, PROXY),
    needless("udp_trackers[].network.ipv6_v6only", kinds.flag, "addresses are of one family each"),
    missing("udp_tracker_server.ip_bans_reset_interval_in_secs", kinds.number(), BANS),
    missing("udp_tracker_server.max_connection_id_errors_per_ip", kinds.number(), BANS),
    missing(
        "udp_tracker_server.connection_id_validation",
        kinds.word("strict", "disabled"),
        "Weir always checks connection ids; tracker.connection_id_max_age can be raised to 7200",
        off=("strict",),
    ),
)

HTTP_ROWS = (
    missing("http_trackers[].bind_address", kinds.endpoint(), HTTP),
    missing("http_trackers[].tracker_usage_statistics", kinds.flag, HTTP),
    missing("http_trackers[].ipv6_v6only", kinds.flag, HTTP),
    missing("http_trackers[].public_url", kinds.text, HTTP),
    free("http_trackers[].tsl_config.*", HTTP),
    free("http_trackers[].tls_config.*", HTTP),
    free("http_trackers[].network.*", HTTP),
    adapted("http_api.bind_address", kinds.endpoint(), "", API, do=actions.gateway),
    Row("http_api.access_tokens.*", kinds.text, Fate.ADAPTED, "", API, secret=True, do=token),
    missing("http_api.public_url", kinds.text, API),
    free("http_api.tsl_config.*", "weir-gateway has no TLS; put a web server in front of it"),
    free("http_api.tls_config.*", "weir-gateway has no TLS; put a web server in front of it"),
    adapted(
        "health_check_api.bind_address",
        kinds.endpoint(),
        "",
        "weir-gateway has /api/health_check",
        do=actions.gateway,
    ),
)

CORE = (
    needless("metadata.app", kinds.text, "a label"),
    needless("metadata.purpose", kinds.text, "a label"),
    needless("metadata.schema_version", kinds.word(*VERSIONS), "known"),
    taken("logging.threshold", kinds.word(*actions.LEVELS), "log.level", do=actions.log_level),
    taken("logging.trace_filter", kinds.text, "log.level", do=trace_filter),
    missing(
        "logging.trace_style", kinds.word("full", "pretty", "compact", "json"), "log lines have one form"
    ),
    needless("core.inactive_peer_cleanup_interval", kinds.number(), "workers remove old peers all the time"),
    taken("core.listed", kinds.flag, "access.mode", default=False, do=actions.keep),
    taken("core.private", kinds.flag, "keys.required", default=False, do=actions.keep),
    taken("core.private_mode.check_keys_expiration", kinds.flag, "keys.file", default=True, do=actions.keep),
    needless("core.tracker_usage_statistics", kinds.flag, USAGE),
    needless("core.remove_peerless_torrents", kinds.flag, "Torrust reads it in core.tracker_policy alone"),
    taken(
        "core.announce_policy.interval", kinds.number(1, kinds.UINT32_MAX), "tracker.interval", default=120
    ),
    needless(
        "core.announce_policy.interval_min", kinds.number(), "replies over UDP have no minimum interval"
    ),
    taken(
        "core.announce_policy.max_peers_per_announce",
        kinds.number(),
        "tracker.peers_max_ipv4",
        default=74,
        do=actions.peers_all,
    ),
    taken(
        "core.tracker_policy.max_peer_timeout",
        kinds.number(1, kinds.UINT32_MAX),
        "swarm.peer_timeout",
        default=900,
    ),
    adapted(
        "core.tracker_policy.persistent_torrent_completed_stat",
        kinds.flag,
        "swarm.keep_completed",
        "",
        default=False,
        do=actions.keep,
    ),
    adapted(
        "core.tracker_policy.remove_peerless_torrents",
        kinds.flag,
        "swarm.keep_completed",
        "",
        default=True,
        do=actions.keep,
    ),
    missing(
        "core.net.external_ip", kinds.text, "a loopback client cannot reach Weir's card", off=("0.0.0.0",)
    ),
    needless("core.net.on_reverse_proxy", kinds.flag, PROXY),
)

DATABASE = (
    needless(
        "core.database.driver",
        kinds.word("sqlite3", "mysql", "postgresql"),
        "lists are files",
        do=actions.keep_and_tell,
    ),
    Row(
        "core.database.path",
        kinds.text,
        Fate.NOT_NEEDED,
        "",
        "lists are files; it is read once",
        secret=True,
        do=actions.keep_and_tell,
    ),
    needless("core.database.host", kinds.text, "lists are files"),
    needless("core.database.port", kinds.number(0, 65535), "lists are files"),
    needless("core.database.user", kinds.text, "lists are files"),
    secret("core.database.password", "lists are files"),
    needless("core.database.database", kinds.text, "lists are files"),
)

TABLE = CORE + DATABASE + SERVER + HTTP_ROWS


def with_address(found):
    """A UDP tracker without an address listens on Torrust's default one."""
    names = dict.fromkeys(match[0] for match in (UDP.match(entry.name) for entry in found) if match)
    for name in names:
        inside = [entry for entry in found if entry.name == name or entry.name.startswith(f"{name}.")]
        if not any(entry.name == f"{name}.bind_address" for entry in inside):
            key = "udp_trackers[].bind_address"
            found.append(Entry(key, f"{name}.bind_address", ADDRESS, inside[0].where))
    return found


def entries(path, problems):
    found = with_address(toml_file.read(path, problems))
    if found and not any(entry.key == "metadata.schema_version" for entry in found):
        problems.add(path, "metadata.schema_version", f"is missing; must be one of {', '.join(VERSIONS)}")
    return found


def keep_completed(draft):
    """How long a torrent without peers keeps its count."""
    persistent, source = draft.kept["core.tracker_policy.persistent_torrent_completed_stat"]
    remove, other = draft.kept["core.tracker_policy.remove_peerless_torrents"]
    if persistent or not remove:
        note = "a year is the longest; swarm.max_torrents bounds them, too"
        draft.set("swarm.keep_completed", MONTHS_12_S, source, note, Fate.ADAPTED)
    else:
        draft.report.add(Fate.ADAPTED, source, "swarm.keep_completed", 86400, "Weir keeps counts for a day")
    note = "Weir removes torrents without peers when they are too old, or too many"
    draft.report.add(Fate.ADAPTED, other, "swarm.keep_completed", draft.get("swarm.keep_completed"), note)


def lists(draft):
    listed, source = draft.kept["core.listed"]
    if listed:
        draft.torrents.append(("allow", None, source))
    else:
        draft.report.add(Fate.TAKEN, source, "access.mode", "off")
    private, source = draft.kept["core.private"]
    if private:
        check_end, other = draft.kept["core.private_mode.check_keys_expiration"]
        draft.keys.append((check_end, source))
        draft.report.add(Fate.TAKEN, other, "keys.file", "with until=" if check_end else "without until=")
        draft.report.notes.append(
            "A private Torrust has no UDP: users change http://TRACKER/announce/KEY to "
            "udp://TRACKER/announce/KEY, with the same key. Clients must send the path of the URL (BEP 41), "
            "as those built on libtorrent do."
        )
    else:
        draft.report.add(Fate.TAKEN, source, "keys.required", "false")


def finish(draft, problems):
    if not draft.listens:
        source = Source("udp_trackers", "none in the file")
        draft.listen(kinds.endpoint()(ADDRESS), source)
        draft.report.notes.append(
            "The file turns no UDP tracker on; weir.cfg has Torrust's default port, 6969."
        )
    keep_completed(draft)
    lists(draft)
    for number, (_, source) in enumerate(draft.kept.get("tokens", [])):
        note = (
            "in gateway-token, for weir-gateway --write-token-file"
            if number == 0
            else "one token can change lists"
        )
        fate = Fate.ADAPTED if number == 0 else Fate.NO_EQUAL
        draft.report.add(fate, source, "weir-gateway --write-token-file" if number == 0 else "", "", note)
