// SPDX-License-Identifier: BSD-3-Clause

#include "clients.h"

#include "dice.h"
#include "fail.h"
#include "faults.h"
#include "requests.h"
#include "torrents.h"
#include "virtual.h"

#include <stdlib.h>

enum {
	TRIES = 3,
	FIRST_WAIT_S = 15, // BEP 15: 15 * 2^n
	ID_LIFE_S = 60, // that clients keep an id, by BEP 15
	OLD_ID_LIFE_S = 20000, // that some do
	BURST_MAX = 200,
};

struct client {
	struct dice dice;
	struct packet_id id; // 0: none
	uint64_t id_until_ns;
	struct request request; // that it is busy with
	bool busy;
	bool connects; // the pending transaction is a connect
	uint32_t transaction; // pending; 0: none
	uint64_t alarm_ns; // of the pending one, or of the next request; others are void
	unsigned tries;
	uint32_t acts;
	struct requests_of_client torrents;
};

static struct client *clients;
static struct clients_plan plan;
static uint32_t transactions, left;
static uint64_t replies[REPLY_ERROR + 1];
static struct dice flood_dice;

static void
set_alarm(uint32_t number, uint64_t wait_ns)
{
	clients[number].alarm_ns = virtual_ns() + wait_ns;
	wire_wake(number, wait_ns);
}

// Until the next request, 0 to twice the mean.
static uint64_t
pause_ns(struct client *client)
{
	uint64_t mean_us = UINT64_C(1000000) * plan.count / plan.rate;

	return 1000 * (dice_next(&client->dice) % (2 * mean_us + 1));
}

void
clients_open(uint64_t seed, const struct clients_plan *new_plan)
{
	plan = *new_plan;
	clients = calloc(plan.count, sizeof(*clients));
	if (clients == NULL)
		abort();
	flood_dice = dice_of(seed, 4);
	left = plan.acts == 0 ? 0 : plan.count;
	for (uint32_t n = 0; n < plan.count; n++) {
		struct client *client = &clients[n];

		client->dice = dice_of(seed, 1000 + n);
		requests_begin(&client->torrents, &client->dice);
		set_alarm(n, pause_ns(client));
	}
}

uint32_t
clients_count(void)
{
	return plan.count;
}

uint32_t
clients_left(void)
{
	return left;
}

uint64_t
clients_replies(enum reply_kind kind)
{
	return replies[kind];
}

// --- sending ----------------------------------------------------------------------------------

static bool
has_id(const struct client *client)
{
	return client->id.id != 0 && virtual_ns() < client->id_until_ns;
}

static void
send_request(uint32_t number)
{
	struct client *client = &clients[number];
	uint64_t wait_s = (uint64_t)FIRST_WAIT_S << (client->tries < TRIES ? client->tries : TRIES);

	client->connects = !has_id(client);
	client->transaction = ++transactions;
	bool stranger = !client->connects && client->request.stranger;
	struct packet *packet = packet_new(number, stranger, client->transaction);

	if (packet != NULL) {
		if (client->connects)
			packet_write_connect(packet);
		else
			request_write(&client->request, &client->id, packet);
		wire_send(packet);
	}
	set_alarm(number, wait_s * VIRTUAL_S);
}

// Packets that nobody waits for.
static void
misbehave(uint32_t number)
{
	struct client *client = &clients[number];
	struct packet *packet = packet_new(number, false, ++transactions);

	if (packet == NULL)
		return;
	request_write_broken(&client->id, packet, fault_dice(FAULT_broken));
	wire_send(packet);
}

static void
ask_host_stack(uint32_t number)
{
	struct dice *dice = fault_dice(FAULT_link_layer);
	struct packet *packet = packet_new(number, false, ++transactions);

	if (packet == NULL)
		return;
	if (dice_once_in(dice, 2))
		packet_write_arp(packet);
	else
		packet_write_ping(packet, (uint16_t)dice_below(dice, 1400));
	wire_send(packet);
}

static void
wake_others(void)
{
	struct dice *dice = fault_dice(FAULT_burst);

	for (unsigned n = 1 + dice_below(dice, BURST_MAX); n > 0; n--) {
		uint32_t other = dice_below(dice, plan.count);

		if (!clients[other].busy)
			set_alarm(other, 0);
	}
}

static void
rest(uint32_t number)
{
	struct client *client = &clients[number];

	client->busy = false;
	client->transaction = 0;
	client->tries = 0;
	client->acts++;
	if (plan.acts != 0 && client->acts == plan.acts)
		left--;
	else
		set_alarm(number, pause_ns(client));
}

static void
act(uint32_t number)
{
	struct client *client = &clients[number];

	if (fault_strikes(FAULT_burst))
		wake_others();
	if (fault_strikes(FAULT_broken))
		misbehave(number);
	if (fault_strikes(FAULT_link_layer))
		ask_host_stack(number);
	request_draw(&client->request, &client->torrents, &client->dice);
	client->request.stranger =
		packet_family(number) == 1 && !plan.careful && fault_strikes(FAULT_stranger);
	client->busy = true;
	send_request(number);
}

void
client_wake(uint32_t number)
{
	struct client *client = &clients[number];

	if (client->alarm_ns != virtual_ns() && client->alarm_ns > virtual_ns())
		return; // it has been set anew
	if (plan.acts != 0 && client->acts == plan.acts)
		return;
	if (!client->busy) {
		act(number);
		return;
	}
	if (client->transaction == 0)
		return;
	if (!plan.careful && client->tries == TRIES) { // gives up
		client->id.id = 0;
		rest(number);
		return;
	}
	client->tries++;
	if (plan.careful || dice_once_in(&client->dice, 2))
		client->id.id = 0;
	send_request(number);
}

// --- replies ------------------------------------------------------------------------------------

static void
take_id(struct client *client, const struct packet_id *id)
{
	bool old = !plan.careful && dice_once_in(&client->dice, 20);
	uint64_t life_s = old ? 1 + dice_below(&client->dice, OLD_ID_LIFE_S) : ID_LIFE_S;

	client->id = *id;
	client->id_until_ns = virtual_ns() + life_s * VIRTUAL_S;
}

void
client_answer(const struct wire_reply *reply)
{
	struct client *client = &clients[reply->client];

	replies[reply->kind]++;
	if (!client->busy || reply->transaction != client->transaction)
		return; // too late, or the second one
	if (reply->kind == REPLY_CONNECT) {
		take_id(client, &reply->id);
		send_request(reply->client);
		return;
	}
	if (reply->kind == REPLY_ERROR && !client->request.fails) {
		client->id.id = 0;
		if (client->tries++ < TRIES || plan.careful) {
			send_request(reply->client);
			return;
		}
	}
	request_done(&client->request, &client->torrents, &client->dice);
	rest(reply->client);
}

void
clients_flood(uint32_t number, unsigned requests)
{
	struct client *client = &clients[number];
	struct request request;

	for (unsigned i = 0; i < requests; i++) {
		struct packet *packet = packet_new(number, false, ++transactions);

		if (packet == NULL)
			return;
		if (has_id(client)) {
			request_draw(&request, &client->torrents, &flood_dice);
			request_write(&request, &client->id, packet);
		} else {
			packet_write_connect(packet);
		}
		wire_send_later(packet, 1 + 500 * (uint64_t)i);
	}
}
