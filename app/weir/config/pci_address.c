// SPDX-License-Identifier: BSD-3-Clause

#include "pci_address.h"

#include <rte_pci.h>

#include <string.h>

enum { PCI_DEVICES = 32, PCI_FUNCTIONS = 8 }; // of a bus, of a device

bool
pci_address_is_right(const char *text)
{
	struct rte_pci_addr address;
	char name[PCI_PRI_STR_SIZE];

	if (strchr(text, ':') == NULL || rte_pci_addr_parse(text, &address) != 0
	    || address.devid >= PCI_DEVICES || address.function >= PCI_FUNCTIONS)
		return false;
	rte_pci_device_name(&address, name, sizeof(name));
	return strcmp(name, text) == 0;
}
