// SPDX-License-Identifier: BSD-3-Clause
// Rules for what ports leave to the kernel: ports[].exception and driver.isolate.

#include "config_source.h"

#include <rte_common.h>

#include <ctype.h>
#include <string.h>

// --- ports[].exception ----------------------------------------------------------------------------

static void
refuse(const struct config *config, unsigned port, const char *option, const char *why)
{
	char path[64], key[64];

	snprintf(path, sizeof(path), "ports.[%u].%s", port, option);
	snprintf(key, sizeof(key), "ports[%u].%s", port, option);
	config_error(config->source, config_where(config->source, path), key, "%s", why);
}

// The kernel's rule (dev_valid_name), and no %, from which it would make a number.
static bool
is_interface_name(const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name != '\0'; name++)
		if (*name == '/' || *name == ':' || *name == '%' || isspace((unsigned char)*name)
		    || iscntrl((unsigned char)*name))
			return false;
	return true;
}

// Whether a virtual device of driver.eal is made of this interface.
static bool
is_of_device(const struct config *config, const char *name)
{
	static const char word[] = "iface=";

	for (unsigned i = 0; i < config->driver_eal.count; i++) {
		const char *at = config->driver_eal.items[i];

		while ((at = strstr(at, word)) != NULL) {
			at += strlen(word);
			if (strncmp(at, name, strlen(name)) == 0
			    && (at[strlen(name)] == '\0' || at[strlen(name)] == ','))
				return true;
		}
	}
	return false;
}

static bool
is_of_port_before(const struct config *config, unsigned port)
{
	for (unsigned p = 0; p < port; p++)
		if (strcmp(config->ports[p].exception, config->ports[port].exception) == 0)
			return true;
	return false;
}

static void
check_exception(const struct config *config, unsigned port)
{
	const char *name = config->ports[port].exception;
	const char *why = NULL;

	if (*name == '\0')
		return;
	if (config->stack == CONFIG_STACK_KERNEL)
		why = "must be empty with host.stack = \"kernel\": all that is not the tracker's "
		      "stays with the kernel";
	else if (config->isolate)
		why = "must be empty with driver.isolate: all that is not the tracker's stays with "
		      "the kernel";
	else if (!is_interface_name(name))
		why = "must be the name of an interface: at most 15 characters without /, :, % and "
		      "white space";
	else if (is_of_device(config, name))
		why = "is the interface of a device in driver.eal; name another one, for the "
		      "kernel";
	else if (is_of_port_before(config, port))
		why = "is the interface of another port; each needs its own";
	if (why != NULL)
		refuse(config, port, "exception", why);
}

// --- driver.isolate -------------------------------------------------------------------------------

static void
check_gateways(const struct config *config, unsigned port)
{
	const char *why = "must be empty with driver.isolate: the kernel is the host, and replies "
			  "go to the MAC address that their request came from";

	if (*config->ports[port].gateway_ipv4 != '\0')
		refuse(config, port, "gateway_ipv4", why);
	if (*config->ports[port].gateway_ipv6 != '\0')
		refuse(config, port, "gateway_ipv6", why);
}

static void
check_isolate(const struct config *config)
{
	const struct {
		bool wrong;
		const char *path, *why;
	} rules[] = {
		{config->stack == CONFIG_STACK_KERNEL,
		 "driver.isolate",
		 "must be false with host.stack = \"kernel\", which leaves an interface to the "
		 "kernel in another way"},
		{config->steering != CONFIG_STEERING_SOFTWARE,
		 "driver.isolate",
		 "needs driver.steering = \"software\": its rules say nothing about info_hashes"},
		{config->promiscuous,
		 "driver.promiscuous",
		 "must be false with driver.isolate: rules decide what a port gets"},
	};

	for (unsigned i = 0; i < RTE_DIM(rules); i++)
		if (rules[i].wrong)
			config_error(
				config->source,
				config_where(config->source, rules[i].path),
				rules[i].path,
				"%s",
				rules[i].why
			);
	for (unsigned p = 0; p < config->port_count; p++)
		check_gateways(config, p);
}

void
config_check_kernel(const struct config *config)
{
	for (unsigned p = 0; p < config->port_count; p++)
		check_exception(config, p);
	if (config->isolate)
		check_isolate(config);
}
