// SPDX-License-Identifier: BSD-3-Clause
// The Host header: under which name a client has found us. Pure; any thread.
//
// A page of somebody else can make a browser ask any address under a name of its own (DNS rebinding)
// and read the answers. Where no token is wanted we answer only under names that nobody can claim.

#pragma once

#include <stdbool.h>

// "127.0.0.1:1212", "[::1]", "localhost:1212"; and NULL, which no browser sends.
bool host_header_is_safe(const char *host);
