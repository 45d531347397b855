// SPDX-License-Identifier: BSD-3-Clause
// Asking a running Weir: its commands on DPDK's telemetry socket, as weirctl and weir-gateway do.
//
// The socket is a Unix one of packets (SOCK_SEQPACKET): a greeting, then for each question one
// reply, in JSON. DPDK 22.11 parses questions with a function that is not safe among threads, so a
// process keeps to one connection and asks one thing at a time: no call here is safe among threads.

#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	ASK_PATH_MAX = 108, // of a Unix socket, with the byte 0 behind it
	ASK_COMMAND_MAX = 1023, // bytes of a question, as DPDK takes them
	ASK_TIMEOUT_S = 20, // the longest look through the torrents; an error behind it
};

// Codes of errors, borrowed from HTTP.
enum ask_code {
	ASK_OK = 0,
	ASK_MALFORMED = 400, // Weir does not understand the question
	ASK_UNKNOWN = 404, // no such command or torrent
	ASK_UNREACHABLE = 503, // nothing runs, or it stopped while we asked
};

// Why there is no value.
enum ask_cause {
	ASK_CAUSE_NONE,
	ASK_CAUSE_REFUSED, // Weir answered, with an error: other questions may do well
	ASK_CAUSE_LATE, // Weir took this question and did not answer it in time: so here
	ASK_CAUSE_ABSENT, // no Weir runs
	ASK_CAUSE_FORBIDDEN, // its socket may not be opened by this user
	ASK_CAUSE_SILENT, // it is there, and does nothing in time
	ASK_CAUSE_LOST, // it hung up, or turned us away: DPDK talks with ten clients at a time
};

struct ask_error {
	enum ask_code code;
	enum ask_cause cause;
	char text[256]; // a sentence without a full stop
};

struct ask;

// Connects a socket to Weir: returns it, or -1 and errno. For those who may not themselves.
typedef int (*ask_connect)(void *context);

// Where the socket of an appliance lies, by the rules of dpdk-telemetry.py: the folder
// $RUNTIME_DIRECTORY, for root /var/run, else $XDG_RUNTIME_DIR or /tmp; in it dpdk/PREFIX.
// False where the path is too long.
bool ask_path_of(const char *file_prefix, char path[ASK_PATH_MAX]);

// Connects a socket to the Weir at `path`: an ask_connect for those who may. -1: errno says why.
int ask_dial(const char *path);

// Nothing is connected before the first question. NULL without memory.
struct ask *ask_new(const char *path);
struct ask *ask_new_by(ask_connect connect, void *context, const char *path);
void ask_free(struct ask *ask); // NULL too

// Waits this long for each answer, from the next connection on; ASK_TIMEOUT_S before it is called.
void ask_set_patience(struct ask *ask, unsigned seconds);

// Asks, for instance "/weir/verdicts,ipv4", and returns the value of the reply, which the caller
// frees (json_decref). NULL: `error` says why; Weir's own errors come out so, too. Connects again
// where Weir was started again in between. Blocks for up to twice the patience: for a greeting, and
// for an answer.
json_t *ask_weir(struct ask *ask, const char *command, struct ask_error *error);

// Process id that Weir had in its greeting; 0 before the first question.
long ask_pid(const struct ask *ask);
