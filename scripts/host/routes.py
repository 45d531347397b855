# SPDX-License-Identifier: BSD-3-Clause
"""Interfaces by which an operator reaches the machine: they must stay with the kernel."""

import ipaddress
import os
import pathlib

RTF_UP = 1
RTF_REJECT = 0x200


def _lines(path):
    try:
        return [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return []


def _ipv4(word):
    return ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(word), "little"))


def _routes_ipv4(proc):
    for line in _lines(proc / "net/route")[1:]:
        if int(line[3], 16) & RTF_UP:
            yield ipaddress.ip_network(f"{_ipv4(line[1])}/{_ipv4(line[7])}", strict=False), line[0]


def _routes_ipv6(proc):
    for line in _lines(proc / "net/ipv6_route"):
        flags = int(line[8], 16)
        if flags & RTF_UP and not flags & RTF_REJECT and line[9] != "lo":
            network = (int(line[0], 16), int(line[1], 16))
            yield ipaddress.IPv6Network(network, strict=False), line[9]


def _below(root, interface):
    """An interface, and those that a bond, a bridge or a VLAN of this name stands on."""
    yield interface
    for link in (root / "sys/class/net" / interface).glob("lower_*"):
        yield from _below(root, link.name.removeprefix("lower_"))


def _towards(routes, text):
    """Interfaces of the longest prefix that holds an address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    found = [route for route in routes if route[0].version == address.version and address in route[0]]
    longest = max((network.prefixlen for network, _ in found), default=0)
    return [name for network, name in found if network.prefixlen == longest]


def protected(root, ssh):
    """{interface: why}; `ssh` is the value of SSH_CONNECTION, or empty."""
    routes = [*_routes_ipv4(root / "proc"), *_routes_ipv6(root / "proc")]
    reasons = {}
    for network, name in routes:
        if network.prefixlen == 0:
            reasons[name] = "the default route goes through it"
    words = ssh.split()
    for text in (words[0], words[2]) if len(words) == 4 else ():
        for name in _towards(routes, text):
            reasons[name] = "this SSH connection goes through it"
    return {lower: why for name, why in reasons.items() for lower in _below(root, name)}


def ssh_connection(environment, proc=pathlib.Path("/proc")):
    """SSH_CONNECTION of this process or, as sudo removes it, of one that this one comes from."""
    if "SSH_CONNECTION" in environment:
        return environment["SSH_CONNECTION"]
    process = os.getppid()
    while process > 1:
        try:
            variables = (proc / str(process) / "environ").read_bytes().split(b"\0")
            status = (proc / str(process) / "status").read_text()
        except OSError:
            return ""
        for variable in variables:
            if variable.startswith(b"SSH_CONNECTION="):
                return variable.partition(b"=")[2].decode()
        process = int(status.partition("\nPPid:")[2].split()[0])
    return ""
