// SPDX-License-Identifier: BSD-3-Clause
// Names of PCI devices: "domain:bus:device.function" in lower case hexadecimal digits, as lspci -D
// and DPDK write them, so that one device has one name.

#pragma once

#include <stdbool.h>

bool pci_address_is_right(const char *text);
