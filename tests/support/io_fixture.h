// SPDX-License-Identifier: BSD-3-Clause
// An io lcore on a port made of rings, for the tests of app/weir/datapath/io_loop.c: frames arrive on one
// ring and depart on the other, and the test is the worker at the other end of its only link.

#pragma once

#include "../../app/weir/datapath/loops.h"

enum {
	BUFFERS = 63,
	TX_ROOM = 7, // a ring of 8
	JOB_ROOM = 7,
	WALL_S = 1700000000,
};

extern const uint8_t client[4];
extern struct rte_mempool *mbufs;
extern struct rte_ring *wire_rx, *wire_tx;
extern struct host host;
extern struct stats stats;
extern struct steer steer;
extern struct io_queue queue;
extern struct settings settings; // published
extern const struct networks *denied_sources; // published, as the next two; NULL: off
extern const struct client_list *clients;
extern const struct auth_keys *auth_keys;
extern struct ring_requester link_;
extern struct ring_responder worker_end;
extern struct io io;
extern uint32_t wall_s;

// Of cmocka: for the group, and for each test.
int set_up(void **state);
int each_test(void **state);

void make_host(void);
struct rte_ring *make_ring(const char *name, unsigned element, unsigned size);

// A datagram from the client to the tracker, checksums left out or right.
struct rte_mbuf *make_datagram(const void *payload, uint16_t len);

void arrive(struct rte_mbuf *mbuf);
void arrive_connect(void);
void arrive_announce(void);

uint64_t verdicts(enum family family, enum verdict verdict);

// Takes everything off the wire; returns the number of frames.
unsigned depart(void);

// The worker: takes the next job, which must be there, and gives the reply to the first one that it took.
struct job take_job(void);
void give_reply(const struct job *job);

// Takes all jobs and frees their mbufs, without a trace in the io lcore. Returns their number.
unsigned drop_jobs(void);
