/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Publishing and retiring: app/weir/datapath/publisher.h over DPDK's rte_rcu_qsbr. The control thread publishes objects
 * and frees them after their grace period; lcores read one for a turn and report between turns; a guest enters, reads
 * and leaves, whenever it likes.
 *
 * The store by which a guest enters is late until its fence. Shown: nobody uses an object that has been freed, and each
 * retired object is freed once its readers have reported.
 *
 * DEFECT builds a mistake in, which has to be found:
 *   1  an lcore reports before it has used its object for the last time
 *   2  an object is freed without a grace period
 *   3  a guest enters without a fence
 */
#ifndef LCORES
#define LCORES 2
#endif
#ifndef DEFECT
#define DEFECT 0
#endif
#define READERS (LCORES + 1) /* the last is a guest */
#define GUEST LCORES
#define OBJECTS 5
#define OFFLINE 0

byte token = 1;
byte reported[READERS]; /* the token that a reader has seen; OFFLINE: it reads nothing */
byte published; /* an object */
bool freed[OBJECTS];

inline use(object)
{
	assert(!freed[object])
}

proctype lcore(byte me)
{
	byte object, seen;

	do
	:: object = published; /* one turn */
		use(object);
#if DEFECT == 1
		seen = token;
		reported[me] = seen;
#endif
		use(object);
		seen = token; /* rte_rcu_qsbr_quiescent */
		reported[me] = seen
	:: published == OBJECTS - 1 -> break
	od;
	reported[me] = OFFLINE
}

proctype guest()
{
	byte object, seen;

	do
	:: seen = token; /* rte_rcu_qsbr_thread_online */
#if DEFECT == 3
		object = published; /* the load overtakes the store */
		reported[GUEST] = seen;
#else
		reported[GUEST] = seen;
		object = published;
#endif
		use(object);
		use(object);
		reported[GUEST] = OFFLINE
	:: published == OBJECTS - 1 -> break
	od
}

active proctype control()
{
	byte next, old, wanted, reader;
	byte retired[OBJECTS]; /* the tokens of objects */
	byte oldest; /* retired, not freed */

	d_step {
		reader = 0;
		do
		:: reader < LCORES -> reported[reader] = token; reader++
		:: else -> break
		od;
		reader = 0
	}
	do
	:: reader < LCORES -> run lcore(reader); reader++
	:: else -> break
	od;
	run guest();
	do
	:: next < OBJECTS - 1 -> /* publisher_publish */
		next++;
		d_step { old = published; published = next };
		d_step { token++; retired[old] = token }
	:: oldest < next -> /* publisher_reclaim, of the oldest */
#if DEFECT != 2
		reader = 0;
		do
		:: reader < READERS ->
			if
			:: reported[reader] == OFFLINE || reported[reader] >= retired[oldest] -> reader++
			:: else -> goto later
			fi
		:: else -> break
		od;
#endif
		freed[oldest] = true;
		oldest++;
later:		skip
	:: oldest == OBJECTS - 1 -> break /* all but the published one are freed */
	od
}
