// SPDX-License-Identifier: BSD-3-Clause
// An address to listen on, as text and as a sockaddr. Pure; any thread.

#pragma once

#include <stdbool.h>
#include <sys/socket.h>

enum { ADDRESS_TEXT_MAX = 64 }; // bytes of "[address]:port", with the terminating 0

struct address {
	socklen_t length;
	struct sockaddr_storage storage;
};

// Parses "127.0.0.1:1212" or "[::1]:1212"; port 0: any free port.
bool address_parse(const char *text, struct address *address);

// Prints an address in that form.
void address_print(const struct address *address, char text[ADDRESS_TEXT_MAX]);
