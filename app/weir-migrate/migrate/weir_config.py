# SPDX-License-Identifier: BSD-3-Clause
"""Writes Weir's configuration: a libconfig file with a comment that says where each value comes from."""

FILL_IN = "FILL-IN"
INT32_MAX = 0x7FFFFFFF

HEAD = """\
# Weir's configuration, made by weir-migrate from {origin}.
# report.txt beside it says what became of each setting. Before a start:
#     weir --check -c {path}

"""
DRIVER_TODO = f"""\
# {FILL_IN}: the file of your network card's driver; drivers-config/README.md has a table.
"""
DEVICE_TODO = f"""\
    # {FILL_IN}: the PCI address of the card, as lspci -D prints it, such as 0000:3b:00.0.
"""
ADDRESSES_TODO = f"""\
    # {FILL_IN}: the addresses that clients know, with the prefix length of their network, such as
    # 198.51.100.10/24. They move from the kernel to Weir: take them off the interface.
"""
GROUPS = ("tracker", "swarm", "access", "keys", "snapshot", "log", "export")


def value_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value}L" if value > INT32_MAX else str(value)


def comment(source):
    text = f"{source.name} = {source.value}" if source.where else f"{source.name} ({source.value}), a default"
    return "".join(char if char.isprintable() else "?" for char in text)[:100]


def groups_text(draft):
    text = ""
    for group in GROUPS:
        settings = {name: value for name, value in draft.settings.items() if name.startswith(group + ".")}
        if not settings:
            continue
        text += f"{group} = {{\n"
        for name, value in settings.items():
            text += f"    {name.partition('.')[2]} = {value_text(value)}; # {comment(draft.origins[name])}\n"
        text += "};\n\n"
    return text


def driver_text(options):
    if not options.driver:
        return f'{DRIVER_TODO}@include "drivers-config/{FILL_IN}.cfg"\n\n'
    name = (
        options.driver
        if "/" in options.driver
        else f"drivers-config/{options.driver.removesuffix('.cfg')}.cfg"
    )
    return f"@include {value_text(name)}\n\n"


def known_addresses(draft):
    """Addresses of the tracker that a card can have; their prefix lengths are not known."""
    found = [listen[0] for listen in draft.listens]
    good = [a for a in found if not (a.is_unspecified or a.is_loopback or a.is_multicast)]
    return list(dict.fromkeys(f"{address}/{FILL_IN}" for address in good))


def addresses_of(draft, options):
    """(addresses, whether somebody has to fill in something)."""
    if options.addresses:
        return options.addresses, False
    return known_addresses(draft) or [FILL_IN], True


def port_text(draft, options):
    addresses, todo = addresses_of(draft, options)
    text = "ports = ( {\n"
    if options.device:
        text += f"    device = {value_text(options.device)};\n"
    elif not options.driver or not options.driver.startswith("net_"):
        text += f'{DEVICE_TODO}    device = "{FILL_IN}";\n'
    text += ADDRESSES_TODO if todo else ""
    text += f"    addresses = [ {', '.join(map(value_text, addresses))} ];\n"
    for name in ("gateway_ipv4", "gateway_ipv6"):
        if getattr(options, name):
            text += f"    {name} = {value_text(getattr(options, name))};\n"
    if options.vlan is not None:
        text += f"    vlan = {options.vlan};\n"
    return text + "} );\n"


def text(draft, options, path):
    """The whole file, whose final path is `path`."""
    config = HEAD.format(origin=options.config, path=path)
    config += groups_text(draft) + driver_text(options) + port_text(draft, options)
    return config + "".join(f"\n# {line}" for line in draft.comments) + ("\n" if draft.comments else "")


def has_todo(draft, options):
    return FILL_IN in driver_text(options) + port_text(draft, options)
