// SPDX-License-Identifier: BSD-3-Clause

#include "service_manager.h"

#include "../monotonic.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

enum { AGAIN_MS = 1000, US_A_MS = 1000, US_A_SECOND = 1000000 };

static bool
	ready; // said so: the first word to the watchdog starts it, which is too early during a start

// A field of a message ends with its line.
static int
first_line(const char *text)
{
	return (int)strcspn(text, "\n");
}

void
service_manager_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nSTATUS=%.*s", first_line(status), status);
	__atomic_store_n(&ready, true, __ATOMIC_RELAXED);
}

void
service_manager_status(const char *format, ...)
{
	char text[SERVICE_STATUS_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	sd_notifyf(0, "STATUS=%.*s", first_line(text), text);
}

void
service_manager_reloading(void)
{
	sd_notifyf(
		0,
		"RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=reloading the configuration",
		(unsigned long long)monotonic_us()
	);
}

void
service_manager_stopping(const char *status)
{
	sd_notifyf(0, "STOPPING=1\nSTATUS=%.*s", first_line(status), status);
}

void
service_manager_goes_on(void)
{
	static uint64_t told_ms;
	uint64_t now_ms = monotonic_ms(), before_ms = __atomic_load_n(&told_ms, __ATOMIC_RELAXED);

	if (before_ms != 0 && now_ms - before_ms < AGAIN_MS)
		return;
	if (__atomic_compare_exchange_n(
		    &told_ms, &before_ms, now_ms, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED
	    ))
		sd_notifyf(
			0,
			"EXTEND_TIMEOUT_USEC=%u%s",
			(unsigned)SERVICE_PATIENCE_S * US_A_SECOND,
			__atomic_load_n(&ready, __ATOMIC_RELAXED) ? "\nWATCHDOG=1" : ""
		);
}

uint64_t
service_manager_watchdog_ms(void)
{
	uint64_t us;

	return sd_watchdog_enabled(0, &us) > 0 ? us / US_A_MS : 0;
}

void
service_manager_feed_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}
