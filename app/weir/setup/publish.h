// SPDX-License-Identifier: BSD-3-Clause
// Hands lcores what the configuration and the MTUs of ports say, at start and whenever either changes.

#pragma once

#include "../weir.h"

// Boot step, once the ports are known: the publisher, and the first settings.
bool publish_up(struct weir *weir, struct error *error);
// Once no lcore and no other thread reads.
void publish_down(struct weir *weir);

// Publishes the settings of `config` with the bounds of the ports' MTUs. False: no memory, and the settings
// before stay. Control thread.
bool publish_settings(struct weir *weir, const struct config *config);

// Publishes a configuration that config_follow has prepared; Weir owns it from then on. Control thread.
void publish_config(struct weir *weir, struct config *config);
