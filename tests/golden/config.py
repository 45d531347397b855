# SPDX-License-Identifier: BSD-3-Clause
"""Configurations for the appliance, as text."""

TIME_S = 1_700_000_000  # of every run, unless a case wants another
SEED = 1

# Small and quiet; and no limits on what the host stack answers, unless a case sets some.
DEFAULTS = {
    "tracker.interval_spread": 0,
    "swarm.max_torrents": 1000,
    "swarm.max_peers": 2000,
    "host.allow_private": True,
    "host.dad": False,
    "host.echo_rate": 1000000,
    "host.unreachable_rate": 1000000,
    "host.neighbour_rate": 1000000,
    "driver.name": "net_pcap",
    "driver.virtual": True,
    "driver.rx_descriptors": 256,
    "driver.tx_descriptors": 256,
    "log.level": "info",
    "test.seed": SEED,
    "test.time": TIME_S,
}


def value_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[ " + ", ".join(map(value_text, value)) + " ]"
    return f"{value}L" if value > 0x7FFFFFFF else str(value)


def _group_text(settings):
    return "".join(f" {name} = {value_text(value)};" for name, value in settings.items())


def text(settings, ports):
    """`settings`: values by "group.name"; `ports`: one dictionary a port."""
    groups = {}
    for path, value in settings.items():
        group, name = path.split(".")
        groups.setdefault(group, {})[name] = value
    lines = [f"{group} = {{{_group_text(values)} }};" for group, values in groups.items()]
    if ports:
        lines.append("ports = (" + ",".join(f" {{{_group_text(p)} }}" for p in ports) + " );")
    return "\n".join(lines) + "\n"
