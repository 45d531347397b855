// SPDX-License-Identifier: BSD-3-Clause
// An address to listen on, as text and as the system wants it. Pure; any thread.

#pragma once

#include <stdbool.h>
#include <sys/socket.h>

enum { ADDRESS_TEXT_MAX = 64 }; // "[address]:port", with the byte 0 behind it

struct address {
	socklen_t length;
	struct sockaddr_storage storage;
};

// "127.0.0.1:1212" or "[::1]:1212"; port 0 stands for any that is free.
bool address_parse(const char *text, struct address *address);

// The same back.
void address_print(const struct address *address, char text[ADDRESS_TEXT_MAX]);
