# SPDX-License-Identifier: BSD-3-Clause
"""The gateway's page in a headless Chromium says what is so, and nothing else."""

import base64
import contextlib
import ipaddress
import struct

import bep15
import frames
import gateway
import page
import partial_weir
import pcap
import telemetry
from suite import Skipped, case, check
from transferring import transferring

BOTH, IPV4_ONLY, EMPTY = b"\xaa" * 20, bytes(range(20)), b"\xee" * 20
ONLY_SEEDERS = b"\xbb" * 20
TOKEN = "a-token-of-the-tests"
ADDRESSES = "document.querySelector('#ports tbody [data-field=addresses]')?.innerText"
MISSED = "document.querySelector('#ports tbody [data-field=missed]')?.innerText"
PAGER = "[...document.querySelectorAll('#peers-pager button')].map((node) => node.innerText)"
# Where the notice is while the last line of the page is in sight.
NOTICE_AT = """(() => {
    window.scrollTo(0, document.body.scrollHeight);
    const { top, bottom } = document.getElementById("notice").getBoundingClientRect();
    return [window.scrollY, top, bottom, window.innerHeight];
})()"""
SPARKS = "document.querySelectorAll('#tile-torrents svg .line').length"
# What fills a bar, and what it is filled from: colours of each kind of bar there is.
BARS = """[".bar", ".bar.two"].map((kind) => [...document.querySelectorAll(kind + " i")]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().width > 0)
    .map((node) => [node, node.parentElement].map((one) => getComputedStyle(one).backgroundColor))
    .map((colours) => colours.join(" in ")))"""
PHONE = {"width": 360, "height": 780}


def known(laboratory):
    """Some of each: both families, several torrents, peers that come, complete and leave, drops."""
    scenario = laboratory.scenario()
    four, six = frames.client4, frames.client6
    for client in (four(2), six(2)):
        scenario.connect(client)
        scenario.announce(client, BOTH, left=0, event=bep15.STARTED)
    for number in range(3, 15):
        scenario.announce(four(number), BOTH, left=number << 20, event=bep15.STARTED)
    scenario.announce(six(3), BOTH, left=7)
    scenario.announce(four(3), BOTH, left=0, event=bep15.COMPLETED)
    scenario.announce(four(4), BOTH, event=bep15.STOPPED)
    scenario.announce(four(20), IPV4_ONLY, left=5, port=65535)
    scenario.announce(six(21), ONLY_SEEDERS, left=0)
    scenario.scrape(four(2), [BOTH, IPV4_ONLY])
    for number in range(3):
        scenario.announce(four(30), BOTH, connection_id=number, verdict="id_forged")
    scenario.request(six(31), b"short", "request_short")
    scenario.request(four(32), bep15.connect(1, magic=7), "request_magic")
    scenario.noise(2)
    return scenario


def sums(scenario):
    """What the tiles must show."""
    gauges = scenario.tracker.gauges()
    return {
        "torrents": len(scenario.tracker.torrents),
        "seeders": gauges["seeders_ipv4"] + gauges["seeders_ipv6"],
        "leechers": gauges["leechers_ipv4"] + gauges["leechers_ipv6"],
    }


def address_text(packed):
    host, port = ipaddress.ip_address(packed[:-2]), struct.unpack(">H", packed[-2:])[0]
    return f"[{host}]:{port}" if host.version == 6 else f"{host}:{port}"


def model_peers(torrent):
    """address -> whether it has everything"""
    return {
        address_text(address): peer.seeder
        for peers in torrent.peers.values()
        for address, peer in peers.items()
    }


def same(what, shown, wanted):
    check(shown == wanted, f"{what}: the page has {shown}, not {wanted}")


def check_numbers(shown, scenario):
    shown.fresh()
    for name, value in sums(scenario).items():
        same(name, shown.tile(name), value)
    totals = {}
    for (_, name), count in scenario.verdicts.items():
        totals[name] = totals.get(name, 0) + count
    same("verdicts", {name: n for name, n in shown.verdicts().items() if n}, totals)
    for family in ("ipv4", "ipv6"):
        for fate in ("connect", "announce", "scrape"):
            count = scenario.verdicts[family, fate]
            same(f"{fate} over {family}", shown.family(fate, family), count)
    dropped = sum(n for name, n in totals.items() if name.startswith(("id_", "request_")))
    families = (shown.family("dropped", family) for family in ("ipv4", "ipv6", "link"))
    same("dropped", sum(families), dropped)


@case("page: shows the numbers of the frames")
def numbers(laboratory):
    scenario = known(laboratory)
    with (
        laboratory.fed(scenario) as weir,
        gateway.serving(laboratory, weir.prefix) as server,
        page.shown(server.url) as shown,
    ):
        check_numbers(shown, scenario)
        same("health", shown.text("health"), "Healthy")
        shown.check_clean()


def all_peers(shown):
    """The peers of all pages."""
    peers = {}
    while True:
        peers |= {row["address"]: row for row in shown.peers()}
        if not shown.turn_page():
            return peers


@case("page: a looked-up info_hash shows exactly its peers")
def search(laboratory):
    scenario = known(laboratory)
    with (
        laboratory.fed(scenario) as weir,
        gateway.serving(laboratory, weir.prefix) as server,
        page.shown(server.url) as shown,
    ):
        shown.fresh()
        for info_hash in (BOTH, IPV4_ONLY, ONLY_SEEDERS):
            torrent = scenario.tracker.torrents[info_hash]
            model = model_peers(torrent)
            shown.look_up(f" {info_hash.hex().upper()} ")
            shown.wait_torrent(info_hash.hex())
            same("seeders", shown.fact("seeders"), sum(model.values()))
            same("leechers", shown.fact("leechers"), len(model) - sum(model.values()))
            same("completed", shown.fact("completed"), torrent.completed)
            if len(model) > page.PEERS_PAGE:
                same("pager", shown.tab.evaluate(PAGER), ["Previous", "Next"])
            peers = all_peers(shown)
            same("peers", {at: row["left"] == "nothing" for at, row in peers.items()}, model)
        same("client", {row["name"] for row in peers.values()}, {"anacrolix torrent 0.0.0.1"})
        base32 = base64.b32encode(BOTH).decode()
        for text in (
            base32,
            base32.lower(),
            BOTH.hex() + "0" * 24,
            f"magnet:?xt=urn:btih:{base32}",
            f"magnet:?dn=x&xt=urn:btih:{BOTH.hex()}&tr=udp%3A%2F%2Fx",
            f"magnet:?xt=urn:btmh:1220{BOTH.hex()}{'0' * 24}",
        ):
            shown.look_up(IPV4_ONLY.hex())
            shown.wait_torrent(IPV4_ONLY.hex())
            shown.look_up(text)
            shown.wait_torrent(BOTH.hex())
        shown.check_clean()


@case("page: an invalid or unknown info_hash gets an explanation")
def sentences(laboratory):
    wrong = {
        "": "An info_hash has 40 hexadecimal digits, this one has 0.",
        "abc": "An info_hash has 40 hexadecimal digits, this one has 3.",
        "a" * 41: "An info_hash has 40 hexadecimal digits, this one has 41.",
        "<b>x</b>": "An info_hash has hexadecimal digits only (0 to 9, a to f); “<” is none.",
    }
    with (
        laboratory.fed(known(laboratory)) as weir,
        gateway.serving(laboratory, weir.prefix) as server,
        page.shown(server.url) as shown,
    ):
        shown.fresh()
        for text, sentence in wrong.items():
            shown.look_up(text)
            same(f"about {text!r}", shown.text("search-problem"), sentence)
            same("torrent", shown.text("torrent"), "")
        shown.look_up(EMPTY.hex())
        shown.wait_torrent(EMPTY.hex())
        same(
            "about one nobody has",
            shown.text("torrent-problem"),
            "Weir knows no torrent with this info_hash.",
        )
        same("no error of the search", shown.text("search-problem"), "")
        polls = sum(EMPTY.hex() in url for url in shown.tab.requests)
        shown.fresh()
        shown.fresh()
        same("polls of an unknown torrent", sum(EMPTY.hex() in url for url in shown.tab.requests), polls)
        shown.look_up("magnet:?dn=x")
        same(
            "about a link without topic",
            shown.text("search-problem"),
            "This magnet link has no info_hash (xt=urn:btih: or urn:btmh:1220).",
        )
        same("peers", shown.peers(), [])
        shown.check_clean()


@contextlib.contextmanager
def same_again(laboratory, config_text, folder, packets):
    """A Weir that takes in the files of this folder."""
    with laboratory.running(config_text, folder) as weir:
        weir.wait_decided(packets)
        yield weir


@case("page: reports that Weir is away, and continues once it is back")
def away(laboratory):
    scenario = known(laboratory)
    folder = laboratory.folder()
    pcap.write(scenario.wire.file(folder, "in"), scenario.wire.frames)
    text = scenario.config_text(folder)
    prefix = text.partition('file_prefix = "')[2].partition('"')[0]
    with (
        gateway.serving(laboratory, prefix) as server,
        page.shown(server.url) as shown,
    ):
        shown.tab.wait("!document.getElementById('notice').hidden", "a notice")
        check(shown.text("notice").startswith("Weir is not running ("), shown.text("notice"))
        same("numbers", shown.text("numbers"), "")
        for _ in range(2):
            with same_again(laboratory, text, folder, len(scenario.wire.frames)):
                check_numbers(shown, scenario)
                same("notice", shown.text("notice"), "")
                same("dimmed", shown.stale(), False)
            shown.tab.wait(page.STALE, "dimmed numbers")
            same("health", shown.text("health"), "No answer")
            scrolled, top, bottom, height = shown.tab.evaluate(NOTICE_AT)
            check(scrolled > 0, "the page is too short to scroll")
            check(0 <= top < bottom <= height, f"the notice is at {top} to {bottom} of {height}")
            same("torrents", shown.tile("torrents"), len(scenario.tracker.torrents))
        check(not shown.tab.evaluate(page.NEGATIVE), "rates below 0")
        shown.check_clean()


@case("page: lines of charts have gaps where Weir was away")
def gaps(laboratory):
    scenario = known(laboratory)
    folder = laboratory.folder()
    pcap.write(scenario.wire.file(folder, "in"), scenario.wire.frames)
    text = scenario.config_text(folder)
    prefix = text.partition('file_prefix = "')[2].partition('"')[0]
    with (
        gateway.serving(laboratory, prefix) as server,
        page.shown(server.url) as shown,
    ):
        for lines in (1, 2):
            with same_again(laboratory, text, folder, len(scenario.wire.frames)):
                shown.tab.wait(f"{SPARKS} === {lines}", f"{lines} lines of a tile")
                runs = "chartRuns(pointsShown()).length"
                shown.tab.wait(f"{runs} === {lines}", f"{lines} runs of the chart")
            shown.tab.wait(page.STALE, "dimmed numbers")
            same("lines that go on without Weir", shown.tab.evaluate(SPARKS), lines)
        shown.check_clean()


@case("page: bars are readable with forced colours")
def forced_colours(laboratory):
    scenario = known(laboratory)
    with (
        laboratory.fed(scenario) as weir,
        gateway.serving(laboratory, weir.prefix) as server,
        page.shown(server.url, forced="active") as shown,
    ):
        check_numbers(shown, scenario)
        check(shown.tab.evaluate("matchMedia('(forced-colors: active)').matches"), "not forced")
        for kind in shown.tab.evaluate(BARS):
            check(kind, "no bar in sight")
            for colours in kind:
                fill, _, back = colours.partition(" in ")
                check(fill != back and fill != "rgba(0, 0, 0, 0)", f"a bar is {colours}")
        shown.check_clean()


@case("page: a part without data is dimmed, others go on")
def part_missing(laboratory):
    scenario = known(laboratory)
    with (
        laboratory.fed(scenario) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
        page.shown(server.url) as shown,
    ):
        check_numbers(shown, scenario)
        partial.refused = {"/weir/lcores", "/weir/top"}
        old = "document.getElementById('load').classList.contains('old')"
        shown.tab.wait(old, "dimmed lcores")
        check("a worker stands still" in shown.text("load"), shown.text("load"))
        check_numbers(shown, scenario)
        same("notice", shown.text("notice"), "")
        partial.refused = set()
        shown.tab.wait(f"!({old})", "lcores again")
        shown.check_clean()


@case("page: counters that a driver lacks are unknown, not 0")
def not_counted(laboratory):
    with (
        laboratory.fed(known(laboratory)) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
        page.shown(server.url) as shown,
    ):
        shown.tab.wait(f"{MISSED} === '0'", "a count")
        partial.missing = {"/weir/ports": ["rx_missed"]}
        shown.tab.wait(f"{MISSED} === 'not known'", "no count")
        shown.check_clean()


@case("page: configured addresses that are not in use are marked")
def idle_address(laboratory):
    with (
        laboratory.fed(known(laboratory)) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
        page.shown(server.url) as shown,
    ):
        addresses = weir.ask("/weir/ports,0")["addresses"]
        shown.tab.wait(f"{ADDRESSES} === {', '.join(addresses)!r}", "addresses in use")
        partial.missing = {"/weir/ports": ["addresses_used"]}
        words = ", ".join(f"{address} (not in use)" for address in addresses)
        shown.tab.wait(f"{ADDRESSES} === {words!r}", "addresses not in use")
        shown.check_clean()


@case("page: a burst of lost replies is shown without alarm; a reload keeps the charts")
def severity(laboratory):
    scenario = known(laboratory)
    with (
        laboratory.fed(scenario) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
        page.shown(server.url) as shown,
    ):
        for lost, of, state in (
            (21, 1_700_000, "notice"),
            (50, 40_000, "warning"),
            (500, 40_000, "degraded"),
        ):
            partial.changes = {
                "/weir/verdicts": {"tx_full": lost, "announce": of},
                "/weir/health": {"status": "degraded", "problems": 1, "tx_full": 1},
            }
            badge = f"document.getElementById('health').dataset.state === '{state}'"
            shown.tab.wait(badge, f"severity {state}")
            check(shown.text("health").startswith(f"tx full: {lost}"), shown.text("health"))
            loud = shown.tab.evaluate("document.title").startswith("Weir: ")
            same(f"title at {state}", loud, state != "notice")
        shown.tab.open(server.url)
        shown.fresh()
        shown.tab.wait("pointsShown().length > 1 && recorded.points.length > 0", "what was before")
        shown.check_clean()


@case("page: asks for a token before it shows anything")
def token(laboratory):
    scenario = known(laboratory)
    file = laboratory.folder() / "token"
    file.touch(mode=0o600)
    file.write_text(f"{TOKEN}\n")
    with (
        laboratory.fed(scenario) as weir,
        gateway.serving(laboratory, weir.prefix, "--token-file", file) as server,
        page.shown(server.url) as shown,
    ):
        shown.tab.wait("!document.getElementById('token').hidden", "the form")
        same("numbers", shown.text("numbers"), "")
        shown.type_into("token-value", "another")
        shown.tab.wait("!document.getElementById('token-problem').hidden", "an objection")
        same("objection", shown.text("token-problem"), "Wrong token.")
        same("numbers", shown.text("numbers"), "")
        shown.type_into("token-value", TOKEN)
        check_numbers(shown, scenario)
        same("form", shown.text("token"), "")
        shown.look_up(BOTH.hex())
        shown.wait_torrent(BOTH.hex())
        seeders = sum(model_peers(scenario.tracker.torrents[BOTH]).values())
        same("seeders", shown.fact("seeders"), seeders)
        check(TOKEN not in " ".join(shown.tab.requests), "the token is in an address")
        shown.check_clean()


@case("page: fits the width of a phone, light and dark")
def phone(laboratory):
    scenario = known(laboratory)
    with (
        laboratory.fed(scenario) as weir,
        gateway.serving(laboratory, weir.prefix) as server,
    ):
        backgrounds = set()
        for scheme in ("dark", "light"):
            with page.shown(server.url, **PHONE, scheme=scheme) as shown:
                check_numbers(shown, scenario)
                shown.look_up(BOTH.hex())
                shown.wait_torrent(BOTH.hex())
                same("too wide", shown.too_wide(PHONE["width"]), [])
                shown.tab.evaluate("document.querySelector('#orders [value=all]').click()")
                shown.tab.evaluate("document.querySelector('#outcomes [value=answered]').click()")
                shown.fresh()
                same("too wide", shown.too_wide(PHONE["width"]), [])
                color = "getComputedStyle(document.body).backgroundColor"
                backgrounds.add(shown.tab.evaluate(color))
                shown.check_clean()
        same("schemes with a colour of their own", len(backgrounds), 2)


def check_transfer(shown, ask, info_hash):
    """One seeds, one fetches, and there are as many announces as Weir says at the same time."""
    shown.wait_tiles(torrents=1, seeders=1, leechers=1)
    before = ask("/weir/verdicts")["announce"]
    shown.fresh()
    announces = shown.verdicts()["announce"]
    check(2 <= before <= announces <= ask("/weir/verdicts")["announce"], f"{announces} announces")
    shown.look_up(info_hash)
    shown.wait_torrent(info_hash)
    peers = {row["address"]: row for row in shown.peers()}
    same("peers", set(peers), {"10.77.0.2:6881", "10.77.0.3:6881"})
    same("left of the seed", peers["10.77.0.2:6881"]["left"], "nothing")
    check(peers["10.77.0.3:6881"]["left"] != "nothing", "the other has everything already")
    for row in peers.values():
        check(row["name"].startswith("libtorrent"), f"client {row['name']}")


@case("page: live numbers while a transfer runs")
def transfer(laboratory):
    with transferring(laboratory.programs.weir) as lab:
        if "skip" in lab:
            raise Skipped(lab["skip"])
        with (
            gateway.serving(laboratory, None, "--socket", lab["socket"]) as server,
            page.shown(server.url) as shown,
        ):
            check_transfer(shown, lambda command: telemetry.ask(lab["socket"], command), lab["info_hash"])
            picture = laboratory.folder() / "page.png"
            shown.tab.picture(picture)
            check(picture.read_bytes().startswith(b"\x89PNG"), "no picture")
            shown.check_clean()
