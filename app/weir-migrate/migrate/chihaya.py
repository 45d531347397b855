# SPDX-License-Identifier: BSD-3-Clause
"""Chihaya: YAML below `chihaya:` (cmd/chihaya/config.go); Chihaya passes unknown keys over, this does not.

Entries of a hook get the hook's name into their key: chihaya.prehooks[interval variation].max_increase_delta.
"""

import dataclasses
import re

from . import actions, kinds, yaml_file
from .draft import Source
from .mapping import Row, adapted, free, missing, needless, taken
from .problems import shorten
from .report import Fate

NAME = "chihaya"
COUNTS = "Chihaya does not count downloads, so there are no counts to move."
HOOKS = ("jwt", "client approval", "interval variation", "torrent approval")
HOOK_KEY = re.compile(r"chihaya\.(prehooks|posthooks)\[\]\.(.*)")
HOOK_NAME = re.compile(r"chihaya\.(?:prehooks|posthooks)\[(\d+)\]")

HTTP = "Weir answers UDP alone; keep Chihaya for HTTP"
JWT = "Weir has keys in the URL instead (keys.required): 32 letters and digits a user, with an end, no claims"
REDIS = "swarms are in memory and in snapshot.file; several Weirs share no store"
STORE = "workers own torrents; old peers are removed all the time"


def minimum(draft, row, source, value, entry):
    draft.report.add(Fate.NOT_NEEDED, source, note=row.note)


def spread(draft, row, source, value, entry):
    note = "Weir adds 0 to this many seconds to every interval"
    draft.set("tracker.interval_spread", value, source, note, Fate.ADAPTED)


def hash_list(mode):
    def do(draft, row, source, value, entry):
        if value:
            draft.torrents.append((mode, entry.items, source))

    return do


def client_list(mode):
    def do(draft, row, source, value, entry):
        if value:
            draft.clients.append((mode, entry.items, source))

    return do


def store(draft, row, source, value, entry):
    note = "in memory, as here" if value == "memory" else REDIS
    draft.report.add(Fate.NOT_NEEDED if value == "memory" else Fate.NO_EQUAL, source, note=note)


UDP = (
    taken("chihaya.udp.addr", kinds.listen(), "tracker.port", do=actions.listen),
    missing(
        "chihaya.udp.max_clock_skew",
        kinds.duration,
        "ids are made and checked by one clock in steps of 64 seconds",
    ),
    Row(
        "chihaya.udp.private_key",
        kinds.text,
        Fate.ADAPTED,
        "tracker.key_file",
        "Weir makes a key of its own and keeps it in this file; clients connect again once",
        secret=True,
        do=actions.keep,
    ),
    missing("chihaya.udp.enable_request_timing", kinds.flag, "weirctl latency is always there", off=(False,)),
    missing(
        "chihaya.udp.allow_ip_spoofing",
        kinds.flag,
        "Weir stores the address that an announce came from",
        off=(False,),
    ),
    taken(
        "chihaya.udp.max_numwant", kinds.number(0, kinds.UINT32_MAX), "", default=100, do=actions.peers_max
    ),
    taken(
        "chihaya.udp.default_numwant",
        kinds.number(0, kinds.UINT32_MAX),
        "tracker.peers_default",
        "for num_want = -1",
        default=50,
    ),
    needless(
        "chihaya.udp.max_scrape_infohashes",
        kinds.number(0, kinds.UINT32_MAX),
        "Weir answers as many as fit a packet: 72 over IPv4, 71 over IPv6",
    ),
)

STORAGE = (
    taken("chihaya.storage.name", kinds.word("memory", "redis"), "", do=store),
    needless("chihaya.storage.config.gc_interval", kinds.duration, STORE),
    taken("chihaya.storage.config.peer_lifetime", kinds.duration, "swarm.peer_timeout", default="31m"),
    needless("chihaya.storage.config.shard_count", kinds.number(), STORE),
    needless(
        "chihaya.storage.config.prometheus_reporting_interval", kinds.duration, "metrics are made when asked"
    ),
    Row("chihaya.storage.config.redis_broker", kinds.text, Fate.NO_EQUAL, "", REDIS, secret=True),
    missing("chihaya.storage.config.redis_read_timeout", kinds.duration, REDIS),
    missing("chihaya.storage.config.redis_write_timeout", kinds.duration, REDIS),
    missing("chihaya.storage.config.redis_connect_timeout", kinds.duration, REDIS),
)

HOOK_ROWS = (
    missing("chihaya.prehooks[jwt].issuer", kinds.text, JWT),
    missing("chihaya.prehooks[jwt].audience", kinds.text, JWT),
    missing("chihaya.prehooks[jwt].jwk_set_url", kinds.text, JWT),
    missing("chihaya.prehooks[jwt].jwk_set_update_interval", kinds.duration, JWT),
    taken("chihaya.prehooks[client approval].whitelist", kinds.texts, "", do=client_list("allow")),
    taken("chihaya.prehooks[client approval].blacklist", kinds.texts, "", do=client_list("deny")),
    missing(
        "chihaya.prehooks[interval variation].modify_response_probability",
        kinds.real(0, 1),
        "Weir varies every interval",
        off=(1, 1.0),
    ),
    adapted(
        "chihaya.prehooks[interval variation].max_increase_delta",
        kinds.number(1, 2**31 - 1),
        "",
        "",
        do=spread,
    ),
    needless(
        "chihaya.prehooks[interval variation].modify_min_interval",
        kinds.flag,
        "replies over UDP have no minimum interval",
    ),
    taken("chihaya.prehooks[torrent approval].whitelist", kinds.texts, "", do=hash_list("allow")),
    taken("chihaya.prehooks[torrent approval].blacklist", kinds.texts, "", do=hash_list("deny")),
)

TABLE = (
    taken("chihaya.announce_interval", kinds.duration, "tracker.interval", default="30m"),
    needless("chihaya.min_announce_interval", kinds.duration, "replies over UDP have no minimum interval"),
    adapted(
        "chihaya.metrics_addr",
        kinds.endpoint(),
        "",
        "weir-gateway serves /metrics there; metrics have other names, and there is no /debug/pprof",
        do=actions.gateway,
    ),
    free("chihaya.http.*", HTTP),
    *UDP,
    *STORAGE,
    *HOOK_ROWS,
    free("chihaya.posthooks[].*", "Weir runs no programs behind a reply"),
)


def hook_names(found, problems):
    """Name of each hook by its place in the file: prehooks[0]."""
    names = {}
    for entry in found:
        if not (HOOK_KEY.fullmatch(entry.key) and entry.key.endswith("[].name")):
            continue
        names[entry.name[: -len(".name")]] = entry.value
        if "prehooks" in entry.key and entry.value not in HOOKS:
            problems.add(
                entry.where, entry.name, f"is {shorten(entry.value)}; must be one of {', '.join(HOOKS)}"
            )
    return names


def with_hook(entry, names, problems):
    """The entry with the name of its hook in the key; None where nothing is to be done about it."""
    match = HOOK_KEY.fullmatch(entry.key)
    if match is None or match[1] == "posthooks":
        return entry
    hook = HOOK_NAME.match(entry.name)[0]
    if match[2] == "name":
        return None
    if hook not in names:
        problems.add(
            entry.where, entry.name, f"belongs to a hook without a name; must be one of {', '.join(HOOKS)}"
        )
    if names.get(hook) not in HOOKS:
        return None
    option = match[2].removeprefix("options.")
    return dataclasses.replace(entry, key=f"chihaya.prehooks[{names[hook]}].{option}")


def entries(path, problems):
    found = yaml_file.read(path, problems)
    if found and not any(entry.key.startswith("chihaya.") for entry in found):
        problems.add(
            found[0].where, found[0].name, "is no setting of Chihaya; all of them are below chihaya:"
        )
        return []
    names = hook_names(found, problems)
    changed = [with_hook(entry, names, problems) for entry in found]
    return [entry for entry in changed if entry is not None]


def check_lists(found, what, problems):
    """Weir has one list of a kind."""
    if len({mode for mode, _, _ in found}) > 1:
        _, _, source = found[-1]
        problems.add(
            source.where, source.name, f"{what} has both lists; must have a whitelist or a blacklist"
        )
    elif len(found) > 1:
        _, _, source = found[-1]
        problems.add(source.where, source.name, f"is a second list of {what}; must be there once at most")


def finish(draft, problems):
    if not draft.listens:
        draft.listen(kinds.endpoint()("0.0.0.0:6969"), Source("chihaya.udp.addr", "none in the file"))
        draft.report.notes.append("The file has no UDP frontend; weir.cfg has port 6969.")
    check_lists(draft.torrents, "torrent approval", problems)
    check_lists(draft.clients, "client approval", problems)
