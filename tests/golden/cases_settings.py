# SPDX-License-Identifier: BSD-3-Clause
"""Every setting there is: listed, wrong values refused, limits accepted; rules between them."""

import os
import re
from dataclasses import dataclass

import config
from cases_command_line import OK, PORT, WRONG, check_nothing_started, check_status, run
from lab import REPOSITORY
from suite import case, check


@dataclass(frozen=True)
class Setting:
    path: str
    default: str
    allowed: str
    unit: str
    change: str
    help: str

    @property
    def is_port(self):
        return self.path.startswith("ports[].")


def settings(lab):
    """The table that --print-options prints."""
    ended = run(lab, "--print-options")
    check_status(ended, OK)
    rows = []
    for line in ended.out.splitlines()[2:]:
        cells = [cell.strip(" `") for cell in line.strip("|").split(" | ")]
        check(len(cells) == 6, f"not a row of six: {line}")
        check(cells[4] in ("reload", "restart"), line)
        rows.append(Setting(*cells))
    return rows


def declared():
    """The paths in the option table, read as text."""
    text = (REPOSITORY / "app/weir/config/config_options.def").read_text()
    for kind, path in re.findall(r'^(OPTION|PORT_OPTION)\(\w+, \w+, "([\w.]+)"', text, re.M):
        yield path if kind == "OPTION" else f"ports[].{path}"


@case("settings: --print-options lists every setting with its help")
def settings_listed(lab):
    listed = settings(lab)
    check([s.path for s in listed] == list(declared()), "the list differs from the table")
    for setting in listed:
        check(setting.help and setting.allowed, f"{setting.path} is not explained")


@case("settings: an empty file gives the documented defaults")
def settings_defaults(lab):
    path = lab.folder() / "empty.cfg"
    path.write_text("driver = { virtual = true; };\n")
    printed = run(lab, "-c", path, "--print-config").out
    follow = {"driver.virtual", "ports[].addresses"}  # from the line above
    for setting in settings(lab):
        name = setting.path.split(".")[-1]
        text = f"    {name} = {setting.default};"
        check(setting.path in follow or text in printed, f"{setting.path}: no {text}")


# --- wrong values -------------------------------------------------------------------------------

WRONG_CPUS = ('"0"', "0", "[ -1 ]", '[ "0" ]', "[ 4096 ]", "[ 0, 0 ]", "[ 0.5 ]")
WRONG_ADDRESSES = (
    '"10.0.0.1/8"',
    "[ ]",
    '[ "10.0.0.1" ]',
    '[ "10.0.0.1/33" ]',
    '[ "10.0.0.1/0" ]',
    '[ "10.0.0.256/8" ]',
    '[ "fd00::1/129" ]',
    '[ "fd00::1/" ]',
    '[ "fd00::1/64x" ]',
    '[ "host/8" ]',
    "[ 10 ]",
    '[ "10.0.0.1/-8" ]',
    '[ "/8" ]',
    '[ "" ]',
)


def _texts(low, high):
    yield from ("5", "true", "1.5", '[ "x" ]')
    yield config.value_text("x" * (high + 1))
    if low > 0:
        yield config.value_text("x" * (low - 1))


def wrong_values(setting):
    """Values, as text, of a wrong type or out of range."""
    allowed = setting.allowed
    numbers = re.fullmatch(r"(\d+) to (\d+)", allowed)
    text = re.fullmatch(r"text of (\d+) to (\d+) characters", allowed)
    if numbers:
        low, high = map(int, numbers.groups())
        yield from ('"5"', "true", "1.5", "[ 5 ]", str(low - 1), f"{high + 1}L")
        yield from ("4294967296L", "-1", "-9223372036854775807L")
    elif text:
        yield from _texts(*map(int, text.groups()))
    elif allowed == "true or false":
        yield from ("0", "1", '"true"', "1.0", "[ true ]")
    elif allowed == "one of the words":
        yield from ("0", '""', '"no-such-word"', f'"{setting.unit}"', '"Auto"', "true")
    elif setting.unit.startswith("CPU"):
        yield from WRONG_CPUS
        most = int(allowed.split()[-1])
        yield "[ " + ", ".join(map(str, range(most + 1))) + " ]"
    elif setting.unit == "EAL arguments":
        yield from ('"--no-pci"', "[ 1 ]", '[ "" ]', f'[ "{"x" * 256}" ]')
        yield "[ " + ", ".join(['"-v"'] * 33) + " ]"
    else:
        check(setting.unit == "addresses", f"{setting.path}: of a type this test does not know")
        yield from WRONG_ADDRESSES
        yield "[ " + ", ".join(f'"10.0.0.{n}/8"' for n in range(1, 18)) + " ]"


def config_with(setting, value):
    """A good file but for one value, which stands in line 2; and the key it must be known by."""
    if setting.is_port:
        name = setting.path[len("ports[].") :]
        others = "" if name == "addresses" else ' addresses = [ "10.77.0.1/24" ];'
        text = f"driver = {{ virtual = true; }};\nports = ( {{ {name} = {value};{others} }} );\n"
        return text, f"ports[0].{name}"
    group, name = setting.path.split(".")
    # Settings of the driver are in a group of their own, once.
    others = " virtual = true;" if group == "driver" and name != "virtual" else ""
    text = f"\n{group} = {{ {name} = {value};{others} }};\n"
    if group != "driver":
        text = f"driver = {{ virtual = true; }};{text}"
    return text, setting.path


@case("settings: values of a wrong type or out of range are refused with name and line")
def settings_refused(lab):
    folder = lab.folder()
    path = folder / "weir.cfg"
    problems = []
    for setting in settings(lab):
        for value in wrong_values(setting):
            text, key = config_with(setting, value)
            path.write_text(text)
            ended = run(lab, "-c", path, "--check", folder=folder)
            lines = ended.err.splitlines()
            start = re.compile(re.escape(f"{path}:2: {key}") + r"(\[\d+\])?: ")  # or an item of it
            named = [line for line in lines if start.match(line)]
            if ended.status != WRONG or not named:
                problems.append(f"{key} = {value[:60]}: status {ended.status}\n{ended.err}")
            elif setting.path != "driver.virtual" and len(lines) != 1:
                problems.append(f"{key} = {value[:60]}: more than one complaint\n{ended.err}")
    check(not problems, "\n".join(problems))


# What else must be set for the limits of a setting to make sense.
COMPANIONS = {
    "tracker.interval": "swarm = { peer_timeout = 604800; };",
    "tracker.interval_max": "swarm = { peer_timeout = 604800; };",
    "tracker.interval_spread": "swarm = { peer_timeout = 604800; };",
    "swarm.peer_timeout": "tracker = { interval = 1; interval_spread = 0; };",
}
# Limits that another rule forbids.
FORBIDDEN = {("swarm.peer_timeout", 1), ("swarm.max_peers_ipv6", 2000000000)}


@case("settings: the limits of every range are accepted")
def settings_limits(lab):
    folder = lab.folder()
    path = folder / "weir.cfg"
    problems = []
    for setting in settings(lab):
        numbers = re.fullmatch(r"(\d+) to (\d+)", setting.allowed)
        for value in map(int, numbers.groups() if numbers else ()):
            if (setting.path, value) in FORBIDDEN:
                continue
            text, key = config_with(setting, config.value_text(value))
            path.write_text(text + COMPANIONS.get(setting.path, ""))
            ended = run(lab, "-c", path, "--check", folder=folder)
            if ended.status != OK:
                problems.append(f"{key} = {value}: {ended.err}")
    check(not problems, "\n".join(problems))


# --- rules between settings ---------------------------------------------------------------------

VIRTUAL = "driver = { virtual = true; };\n"


def _port(**fields):
    return VIRTUAL + config.text({}, [{**PORT, **fields}])


def _ports(count, **fields):
    ports = [{"addresses": [f"10.77.{n}.1/24"], **fields} for n in range(count)]
    return VIRTUAL + config.text({}, ports)


# A file, and the start of the one complaint about it behind the file's name.
RULES = (
    ("", "ports: is missing"),
    (VIRTUAL + "lcores = { ring_size = 3; };", ":2: lcores.ring_size: must be a power of two"),
    (VIRTUAL + "swarm = { peer_timeout = 1920; };", ":2: swarm.peer_timeout: "),
    (VIRTUAL + "tracker = { interval = 2700; };", "swarm.peer_timeout: "),
    (VIRTUAL + "tracker = { interval_max = 299; };", ":2: tracker.interval_max: must be 0 or from"),
    (VIRTUAL + "tracker = { interval_max = 1799; };", ":2: tracker.interval_max: must be 0 or from"),
    (
        VIRTUAL + "tracker = { interval_max = 2700; };",
        "swarm.peer_timeout: must be above tracker.interval_max",
    ),
    (_port(exception="a b"), "ports[0].exception: must be the name of an interface"),
    (_port(exception="weir%d"), "ports[0].exception: must be the name of an interface"),
    (_port(exception=".."), "ports[0].exception: must be the name of an interface"),
    (
        'driver = { virtual = true; eal = [ "--vdev=net_tap0,iface=weir0" ]; };\n'
        + config.text({}, [{**PORT, "exception": "weir0"}]),
        ":2: ports[0].exception: is the interface of a device in driver.eal",
    ),
    (
        VIRTUAL
        + config.text(
            {},
            [
                {**PORT, "device": "one", "exception": "weir0"},
                {"device": "two", "addresses": ["10.9.0.1/24"], "exception": "weir0"},
            ],
        ),
        "ports[1].exception: is the interface of another port",
    ),
    (
        "driver = { virtual = true; isolate = true; };\n" + config.text({}, [{**PORT, "exception": "weir0"}]),
        ":2: ports[0].exception: must be empty with driver.isolate",
    ),
    (
        "driver = { virtual = true; isolate = true;\n promiscuous = true; };",
        ":2: driver.promiscuous: must be false with driver.isolate",
    ),
    (
        "driver = { virtual = true; isolate = true; };\n"
        + config.text({}, [{**PORT, "gateway_ipv4": "10.77.0.254"}]),
        ":2: ports[0].gateway_ipv4: must be empty with driver.isolate",
    ),
    (VIRTUAL + 'access = { mode = "deny"; };', ":2: access.mode: needs access.file"),
    (VIRTUAL + 'access = { clients_mode = "allow"; };', ":2: access.clients_mode: needs access.clients_file"),
    (VIRTUAL + "keys = { required = true; };", ":2: keys.required: needs keys.file"),
    (VIRTUAL + "no_such_group = { x = 1; };", "no_such_group.x: is unknown"),
    (VIRTUAL + "port = 6969;", ":2: port: is unknown; the nearest name is tracker.port; --print"),
    (VIRTUAL + "quite = 6969;", ":2: quite: is unknown; settings are in groups, --print-options lists all"),
    (VIRTUAL + "tracker = { intervall = 1; };", "is unknown; the nearest name is tracker.interval; --print"),
    (VIRTUAL + "tracker = { max_peers = 1; };", "is unknown; the nearest name is swarm.max_peers; --print"),
    (VIRTUAL + "swarms = { max_peers = 1; };", "is unknown; the nearest name is swarm.max_peers; --print"),
    (VIRTUAL + "tracker = { answer_riddles = 1; };", "is unknown; --print-options lists all"),
    (_port(vlann=1), ":2: ports[0].vlann: is unknown; the nearest name is ports[].vlan; --print"),
    (VIRTUAL + "tracker = 6969;", ":2: tracker: "),
    (VIRTUAL + "tracker = { port_ = 1; };", ":2: tracker.port_: is unknown"),
    (VIRTUAL + "ports = { };", ":2: ports: must be a list"),
    (VIRTUAL + "ports = ( );", ":2: ports: must be a list"),
    (VIRTUAL + "ports = ( 5 );", ":2: ports[0]: must be a group"),
    (_ports(9, device="x"), ":2: ports: must be a list"),
    (_ports(2), ":2: ports[1].device: must be set"),
    (VIRTUAL + "ports = ( { vlan = 5; } );", "ports[0].addresses: must have at least one"),
    (_port(no_such=1), ":2: ports[0].no_such: is unknown"),
    (_port(gateway_ipv4="10.77.1.1"), ":2: ports[0].gateway_ipv4: must be in the network"),
    (_port(gateway_ipv4="10.77.0.256"), ":2: ports[0].gateway_ipv4: must be an address"),
    (_port(gateway_ipv4="10.77.0.2/24"), ":2: ports[0].gateway_ipv4: must be an address"),
    (_port(gateway_ipv4="fd00::1"), ":2: ports[0].gateway_ipv4: must be an address"),
    (_port(gateway_ipv6="fd00::1"), ":2: ports[0].gateway_ipv6: must be in the network"),
    (_port(gateway_ipv6="10.77.0.2"), ":2: ports[0].gateway_ipv6: must be an address"),
    (
        _port(addresses=["10.0.0.1/8", "10.0.0.1/24"]),
        ":2: ports[0].addresses[1]: 10.0.0.1/24 is listed twice",
    ),
    (
        _port(addresses=["10.77.0.1/24", "192.0.2.53/24 anycast"]),
        ":2: ports[0].addresses[1]: 192.0.2.53/24 anycast: must have the prefix length 32",
    ),
    (
        _port(addresses=["10.77.0.1/24", "fd77::53/128 anycast"]),
        "ports[0].addresses[1]: fd77::53/128 anycast: needs another address of its family",
    ),
    (
        _port(addresses=["fd77::1/64", "fe80::53/128 anycast"]),
        "ports[0].addresses[1]: fe80::53/128 anycast: must not be link-local",
    ),
    (
        _port(addresses=["10.77.0.1/24", "10.77.0.1/32 anycast"]),
        "ports[0].addresses[1]: 10.77.0.1/32 anycast is listed twice",
    ),
    (_port(addresses=["224.0.0.1/24"]), ":2: ports[0].addresses[0]: 224.0.0.1/24 is not"),
    (_port(addresses=["127.0.0.1/8"]), ":2: ports[0].addresses[0]: 127.0.0.1/8 is not"),
    (_port(addresses=["0.0.0.0/8"]), ":2: ports[0].addresses[0]: 0.0.0.0/8 is not"),
    (_port(addresses=["ff02::5/64"]), ":2: ports[0].addresses[0]: ff02::5/64 is not"),
    (_port(addresses=["::1/128"]), ":2: ports[0].addresses[0]: ::1/128 is not"),
    (_port(addresses=[f"10.0.0.{n}/8" for n in range(1, 10)]), ":2: ports[0].addresses: must be at most 8"),
)


@case("settings: contradictions between settings are refused")
def settings_rules(lab):
    folder = lab.folder()
    path = folder / "weir.cfg"
    problems = []
    for text, complaint in RULES:
        path.write_text(text)
        ended = run(lab, "-c", path, "--check", folder=folder)
        lines = ended.err.splitlines()
        fits = len(lines) == 1 and lines[0].startswith(f"{path}:") and complaint in lines[0]
        if ended.status != WRONG or not fits:
            problems.append(f"{text}\nstatus {ended.status}, not: {complaint}\n{ended.err}")
        check_nothing_started(ended)
    check(not problems, "\n".join(problems))


@case("settings: files that cannot be written are reported with the cause")
def settings_files(lab):
    folder = lab.folder()
    path = folder / "weir.cfg"
    (folder / "plain").write_text("")
    (folder / "link").symlink_to("plain")
    os.mkfifo(folder / "fifo")
    shared = (
        ("none/x", "/none/ is missing; make it with mkdir -p -m 700"),
        ("plain/x", "lies below a file"),
        ("none/", "names a folder, not a file in it"),
    )
    rows = [(setting, *row) for setting in ("tracker.key_file", "export.file") for row in shared]
    rows += [
        ("tracker.key_file", "link", "is a symbolic link; name the file itself"),
        ("tracker.key_file", "fifo", "is a FIFO; a regular file is needed"),
        ("export.file", "link", "is a symbolic link, which would be replaced"),
        ("export.file", "fifo", "is there and is not a regular file"),
    ]
    problems = []
    for setting, name, complaint in rows:
        group, option = setting.split(".")
        path.write_text(VIRTUAL + f'{group} = {{ {option} = "{folder}/{name}"; }};')
        ended = run(lab, "-c", path, "--check", folder=folder)
        lines = ended.err.splitlines()
        fits = len(lines) == 1 and lines[0].startswith(f"{path}:2: {setting}: ")
        if ended.status != WRONG or not fits or complaint not in ended.err:
            problems.append(f"{setting} {name}: status {ended.status}\n{ended.err}")
        if "chmod" in ended.err:
            problems.append(f"advice to chmod what is no file of ours: {ended.err}")
    path.write_text(
        VIRTUAL + f'tracker = {{ key_file = "{folder}/one"; }}; export = {{ file = "{folder}/one"; }};'
    )
    ended = run(lab, "-c", path, "--check", folder=folder)
    if ended.status != WRONG or "which would be overwritten" not in ended.err:
        problems.append(f"one file for two settings: {ended.err}")
    check(not problems, "\n".join(problems))
