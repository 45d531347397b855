// SPDX-License-Identifier: BSD-3-Clause
// A device that is unplugged while Weir serves (port_removal.h). The control thread takes the port from the lcores and,
// once none of them can still use it, gives the device back: the kernel waits for that before it lets go of a device
// that vfio-pci holds.

#pragma once

#include "../weir.h"

// Takes ports whose devices are unplugged from lcores and telemetry threads: they are `gone`. False, and an error, if
// no port is left. Control thread, each tick.
bool unplug_look(struct weir *weir, struct error *error);

// Gives their devices back. Only when every reader has seen the settings in force (publisher_reclaim: 0 are left).
void unplug_release(struct weir *weir);
