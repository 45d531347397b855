// SPDX-License-Identifier: BSD-3-Clause
// What a port with an exception path has; see exception.h.

#pragma once

#include "exception_tap.h"
#include "kernel_interface.h"

#include <stdbool.h>
#include <stdint.h>

struct exception_port {
	bool open; // the port has one; written before lcores start
	struct exception_tap tap;
	struct kernel_interface kernel; // the same interface, as the control thread looks at it
	bool told_gone; // it has been logged that the interface is gone; control thread
	// By the exception thread, read by any: frames that the interface took, and those that it did not.
	uint64_t packets, lost;
};
