// SPDX-License-Identifier: BSD-3-Clause
// The Host header: the name under which a client reaches the gateway. Pure; any thread.
//
// A foreign web page can make a browser send requests to any address under a name of its own (DNS
// rebinding) and read the responses. Without a token, therefore, only IP addresses and localhost are
// accepted.

#pragma once

#include <stdbool.h>

// True for "127.0.0.1:1212", "[::1]", "localhost:1212", and for NULL, which no browser sends.
bool host_header_is_safe(const char *host);
