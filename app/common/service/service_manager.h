// SPDX-License-Identifier: BSD-3-Clause
// The service manager (systemd) that started this program and waits for word from it: sd_notify(3).
// Without one, nothing here has an effect. Any thread.

#pragma once

#include <stdint.h>

// The program serves; `status` is a sentence for `systemctl status`, without a full stop.
void service_manager_ready(const char *status);

// The sentence alone, at most SERVICE_STATUS_MAX bytes; lines after its first are left out.
enum { SERVICE_STATUS_MAX = 512 };
void service_manager_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A reload begins; service_manager_ready ends it, whether it succeeded or not.
void service_manager_reloading(void);

void service_manager_stopping(const char *status);

// A start or an end that takes long goes on: the manager waits for SERVICE_PATIENCE_S more, and after the start its
// watchdog is content. To be called on proof of progress alone, as often as there is any; once a second it is told.
enum { SERVICE_PATIENCE_S = 30 };
void service_manager_goes_on(void);

// Milliseconds within which the watchdog wants to be fed. 0: there is none.
uint64_t service_manager_watchdog_ms(void);
void service_manager_feed_watchdog(void);
