// SPDX-License-Identifier: BSD-3-Clause
// Publishes what lcores and other threads read of the configuration and of the MTUs of ports, at start and
// when either changes.

#pragma once

#include "../weir.h"

// Boot step, once the ports are known: the publisher, and the first settings.
bool publish_up(struct weir *weir, struct error *error);
// When no lcore and no other thread reads any more.
void publish_down(struct weir *weir);

// Publishes the settings of `config`, with the limits of the ports' MTUs. False without memory; the previous
// settings stay. Control thread.
bool publish_settings(struct weir *weir, const struct config *config);

// Publishes a configuration that config_follow has prepared, and takes ownership of it. Control thread.
void publish_config(struct weir *weir, struct config *config);
