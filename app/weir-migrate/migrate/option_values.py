# SPDX-License-Identifier: BSD-3-Clause
"""Arguments of options. Each reader returns the value or raises ValueError with what it must be."""

import ipaddress
import re

ADDRESSES_MAX = 16


def text(value):
    if value == "" or not value.isprintable() or len(value) > 4095:
        raise ValueError("a text of 1 to 4095 characters")
    return value


def name(value):
    if not re.fullmatch(r"[\w./+-]{1,255}", value):
        raise ValueError("a name of letters, digits, _ . / + and -")
    return value


def device(value):
    if not re.fullmatch(r"[\w.:-]{1,63}", value):
        raise ValueError(
            "a PCI address such as 0000:3b:00.0, or the name of a device, of at most 63 characters"
        )
    return value


def number(low, high):
    def read(value):
        if not re.fullmatch(r"\d{1,12}", value) or not low <= int(value) <= high:
            raise ValueError(f"a number from {low} to {high}")
        return int(value)

    return read


def addresses(value):
    found = []
    for part in value.split(","):
        try:
            if "/" not in part:
                raise ValueError
            found.append(ipaddress.ip_interface(part.strip()).with_prefixlen)
        except ValueError:
            raise ValueError(
                "addresses with prefix lengths, such as 198.51.100.10/24,2001:db8::10/64"
            ) from None
    if len(found) > ADDRESSES_MAX:
        raise ValueError(f"at most {ADDRESSES_MAX} addresses")
    return found


def _router(version):
    def read(value):
        try:
            found = ipaddress.ip_address(value)
        except ValueError:
            found = None
        if found is None or found.version != version:
            raise ValueError(f"an IPv{version} address")
        return str(found)

    return read


ipv4 = _router(4)
ipv6 = _router(6)
