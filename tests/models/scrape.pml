/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way of scrapes through workers: lib/tracker/scrape.h, handover_put, handback of io_loop.c and worker_loop.c. A
 * scrape visits each owner of its hashes once; the io lcore hands it from one to the next. A scrape that finds no room
 * in the next ring is dropped, wherever it is on its way. Rings are small on purpose.
 *
 * Shown: each buffer has one holder at any time; each scrape ends once, answered by all owners and by none twice, or
 * dropped; all of them end, so nobody waits for another.
 *
 * DEFECT builds a mistake in, which has to be found:
 *   1  the io lcore waits for room in the ring of a worker
 *   2  a worker does not mark its rows as done
 *   3  the io lcore answers a scrape that has rows left
 */
#ifndef WORKERS
#define WORKERS 3
#endif
#ifndef SCRAPES
#define SCRAPES 3
#endif
#ifndef DEFECT
#define DEFECT 0
#endif
#define ROOM 1
#define ALL ((1 << WORKERS) - 1)
#define NOBODY 255
#define IO 254

chan request[WORKERS] = [ROOM] of { byte };
chan reply[WORKERS] = [ROOM] of { byte }; /* there is always a slot for a reply: see ring.pml */

byte owners[SCRAPES]; /* of its hashes, a bit each */
byte left[SCRAPES]; /* of them, to be visited: the plan */
byte visited[SCRAPES]; /* by them, in truth */
byte holder[SCRAPES] = NOBODY;
bool over[SCRAPES];
byte under_way[WORKERS]; /* requests whose reply the io lcore has not taken */
byte ended;

inline finish(scrape)
{
	assert(!over[scrape] && holder[scrape] == IO);
	over[scrape] = true;
	holder[scrape] = NOBODY;
	ended++
}

inline put(scrape, worker)
{
	worker = 0;
	do
	:: (left[scrape] >> worker) & 1 -> break
	:: else -> worker++
	od;
#if DEFECT == 1
	under_way[worker] < ROOM; /* waits */
	under_way[worker]++;
	holder[scrape] = worker;
	request[worker]!scrape
#else
	if
	:: under_way[worker] < ROOM ->
		under_way[worker]++;
		holder[scrape] = worker;
		request[worker]!scrape
	:: else -> finish(scrape)
	fi
#endif
}

active [WORKERS] proctype work()
{
	byte scrape, me = _pid;

end:	do
	:: request[me]?scrape ->
		d_step {
			assert(holder[scrape] == me);
			assert((owners[scrape] >> me) & 1);
			assert(!((visited[scrape] >> me) & 1));
			visited[scrape] = visited[scrape] | (1 << me);
#if DEFECT != 2
			left[scrape] = left[scrape] & (ALL - (1 << me));
#endif
			holder[scrape] = IO
		};
		reply[me]!scrape
	od
}

active proctype io()
{
	byte next, scrape, from, worker, set;

	do
	:: next < SCRAPES -> /* a scrape is received */
		select(set : 1 .. ALL);
		owners[next] = set;
		left[next] = set;
		holder[next] = IO;
		put(next, worker);
		next++
	:: ended < SCRAPES ->
		from = 0;
		do
		:: from < WORKERS && nempty(reply[from]) ->
			reply[from]?scrape;
			under_way[from]--;
			assert(holder[scrape] == IO);
#if DEFECT == 3
			left[scrape] = 0;
#endif
			if
			:: left[scrape] == 0 ->
				assert(visited[scrape] == owners[scrape]);
				finish(scrape)
			:: else -> put(scrape, worker)
			fi;
			break
		:: from < WORKERS && empty(reply[from]) -> from++
		:: from == WORKERS -> break
		od
	:: next == SCRAPES && ended == SCRAPES -> break
	od
}
