// SPDX-License-Identifier: BSD-3-Clause
// Addresses of the configuration and what RFCs say of them.

#pragma once

#include "config.h"

// In place of a list of addresses: those of the kernel's interface.
#define CONFIG_ADDRESSES_OF_INTERFACE "interface"

// Parses "address/prefix length", with a prefix of 1 bit to all bits, and " anycast" behind it or nothing. `text`
// must live as long as `address`. False: it is anything else.
bool config_address_parse(const char *text, struct config_address *address);

// Whether `bytes`, of the same family, is in the network of `address`.
bool config_address_has_in_network(const struct config_address *address, const uint8_t *bytes);

// Whether a host can have the address. Documentation, private and link-local addresses are fine: the
// operator may give them.
bool config_address_is_unicast(enum family family, const uint8_t *bytes);

// What `bytes` stands for in the network of `address` if no host there can have it, such as "the
// broadcast address of its network". NULL: a host can have it.
const char *config_address_reserved(const struct config_address *address, const uint8_t *bytes);
