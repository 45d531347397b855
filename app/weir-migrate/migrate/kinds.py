# SPDX-License-Identifier: BSD-3-Clause
"""Kinds of values in the files of other trackers. Each reads a value or raises Wrong with what is allowed."""

import ipaddress
import re

from .problems import Wrong, shorten

UINT16_MAX = 0xFFFF
UINT32_MAX = 0xFFFFFFFF
UINT64_MAX = 0xFFFFFFFFFFFFFFFF
INFO_HASH = re.compile(r"[0-9a-fA-F]{40}")
NS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
ENDPOINT = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<v4>[0-9.]*))(?::(?P<port>\d{1,5}))?")
PIECE = re.compile(r"(\d{1,18}(?:\.\d{0,18})?)(ns|us|µs|ms|s|m|h)")


def flag(value):
    if not isinstance(value, bool):
        raise Wrong(f"is {shorten(value)}; must be true or false")
    return value


def number(low=0, high=UINT64_MAX):
    def read(value):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Wrong(f"is {shorten(value)}; must be a whole number from {low} to {high}")
        return value

    return read


def number_text(low=0, high=UINT32_MAX):
    """A number in a file that has texts only."""

    def read(value):
        if not re.fullmatch(r"\d{1,20}", value) or not low <= int(value) <= high:
            raise Wrong(f"is {shorten(value)}; must be a whole number from {low} to {high}")
        return int(value)

    return read


def real(low, high):
    """Above low, up to high."""

    def read(value):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low < value <= high:
            raise Wrong(f"is {shorten(value)}; must be a number above {low}, up to {high}")
        return value

    return read


def text(value):
    if not isinstance(value, str):
        raise Wrong(f"is {shorten(value)}; must be a text")
    return value


def path(value):
    if not isinstance(value, str) or value == "" or len(value) > 4095 or not value.isprintable():
        raise Wrong(f"is {shorten(value)}; must be a path of 1 to 4095 characters")
    return value


def texts(value):
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Wrong(f"is {shorten(value)}; must be a list of texts")
    return value


def word(*allowed):
    def read(value):
        if value not in allowed:
            raise Wrong(f"is {shorten(value)}; must be one of {', '.join(allowed)}")
        return value

    return read


def duration(value):
    """Seconds, from a duration as Go writes it: 30m, 1h15m, 1.5s. Parts of a second count as one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= UINT64_MAX:
        return -(-value // 10**9)  # Go's YAML takes a bare number as nanoseconds
    pieces = PIECE.findall(value) if isinstance(value, str) else []
    if value != "0" and (not pieces or "".join(number + unit for number, unit in pieces) != value):
        raise Wrong(f'is {shorten(value)}; must be a duration such as "30m", "90s" or "1h30m"')
    return int(-(-sum(float(number) * NS[unit] for number, unit in pieces) // 10**9))


def address(value):
    """An IP address, perhaps in brackets."""
    if isinstance(value, str):
        try:
            return ipaddress.ip_address(value.strip("[]"))
        except ValueError:
            pass
    raise Wrong(f"is {shorten(value)}; must be an IPv4 or IPv6 address")


def network(value):
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Wrong(f"is {shorten(value)}; must be an IP address or a network such as 192.0.2.0/24") from None


def endpoint(default_port=None, port_min=0):
    """(address, port) from 192.0.2.1:6969, [2001:db8::1]:6969 or :6969. With a default the port may miss."""

    def read(value):
        match = ENDPOINT.fullmatch(value) if isinstance(value, str) else None
        host, port = (match["v6"] or match["v4"] or "0.0.0.0", match["port"]) if match else (value, None)
        port = port or default_port
        try:
            found = ipaddress.ip_address(host)
        except ValueError:
            port = None
        if value == "" or port is None or not port_min <= int(port) <= UINT16_MAX:
            raise Wrong(
                f"is {shorten(value)}; must be ADDRESS:PORT, an IPv6 address in brackets, "
                f"the port from {port_min} to {UINT16_MAX}"
            )
        return found, int(port)

    return read


def listen(default_port=None):
    """An endpoint that becomes Weir's: it has no port 0, which lets the system choose."""
    return endpoint(default_port, 1)


def info_hash(value):
    if not isinstance(value, str) or not INFO_HASH.fullmatch(value):
        raise Wrong(f"is {shorten(value)}; must be an info_hash: 40 hexadecimal digits")
    return value.lower()


def anything(value):
    return value
