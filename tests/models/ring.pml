/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ring between an io lcore and a worker: lib/base/ring.h, ring_requester.h, ring_responder.h.
 *
 * Requests are numbered modulo SIZE, and both lcores go on for ever, so any number of laps is covered. A store that is
 * not a release store stays late until the memory lets the other lcore see it, in any order; a release store waits for
 * those of its lcore.
 *
 * Shown: each request arrives whole, once and in order, each reply likewise; neither end writes to a slot that is the
 * other's; and nobody waits for ever.
 *
 * DEFECT builds a mistake in, which has to be found:
 *   1  requests are shown before their stores are complete
 *   2  more requests are under way than there are slots
 *   3  replies are shown before their stores are complete
 */
#ifndef SIZE
#define SIZE 4
#endif
#ifndef DEFECT
#define DEFECT 0
#endif
#define NUMBERS SIZE
#define REPLY 16 /* a reply is the number of its request and this */
#if DEFECT == 2
#define CAPACITY (SIZE + 1)
#else
#define CAPACITY (SIZE - 1)
#endif

/* A slot: the word with the two bits and a part of the element, and the rest of it. */
byte bits[SIZE], value[SIZE], rest[SIZE];

/* Stores that the other lcore does not see yet. */
bool late_word[SIZE], late_rest[SIZE];
byte new_bits[SIZE], new_value[SIZE], new_rest[SIZE];

/* Slots that are the responder's: it has been shown them, and has not given them back. */
bool responders[SIZE];

inline store_rest(at, what)
{
	d_step {
		new_rest[at] = what;
		late_rest[at] = true
	}
}

inline store_word(at, tag, what)
{
	d_step {
		new_bits[at] = tag;
		new_value[at] = what;
		late_word[at] = true
	}
}

inline arrive(at)
{
	atomic {
		if
		:: late_rest[at] -> rest[at] = new_rest[at]; new_rest[at] = 0; late_rest[at] = false
		:: else
		fi;
		if
		:: late_word[at] ->
			bits[at] = new_bits[at];
			value[at] = new_value[at];
			new_bits[at] = 0;
			new_value[at] = 0;
			late_word[at] = false
		:: else
		fi
	}
}

/* The memory: lets one store arrive, whenever it likes. */
#define ARRIVES(at) \
	:: atomic { late_rest[at] -> rest[at] = new_rest[at]; new_rest[at] = 0; late_rest[at] = false } \
	:: atomic { \
		late_word[at] -> \
		bits[at] = new_bits[at]; value[at] = new_value[at]; \
		new_bits[at] = 0; new_value[at] = 0; late_word[at] = false \
	}

active proctype memory()
{
end:	do
	ARRIVES(0)
	ARRIVES(1)
#if SIZE == 4
	ARRIVES(2)
	ARRIVES(3)
#endif
	od
}

active proctype requester()
{
	byte put, put_tag = 1, taken, taken_tag = 3; /* places */
	byte shown, unshown, waiting, room = CAPACITY;
	byte held, held_tag;
	byte number, due, i;

	do
	:: room > 0 -> /* ring_put */
		assert(!responders[put]);
		store_rest(put, number);
		if
		:: unshown == 0 -> held = number; held_tag = put_tag
		:: else -> store_word(put, put_tag, number)
		fi;
		d_step {
			room--; unshown++;
			number = (number + 1) % NUMBERS;
			put = (put + 1) % SIZE;
			if
			:: put == 0 -> put_tag = put_tag ^ 3
			:: else
			fi
		}
	:: unshown > 0 -> /* ring_show */
		d_step {
			i = 0;
			do
			:: i < unshown ->
				responders[(shown + i) % SIZE] = true;
				i++
			:: else -> break
			od;
			i = 0
		};
#if DEFECT != 1
		i = 0;
		do
		:: i < unshown -> arrive((shown + i) % SIZE); i++
		:: else -> break
		od;
#endif
		skip;
		d_step {
			bits[shown] = held_tag;
			value[shown] = held;
			waiting = waiting + unshown;
			shown = put;
			unshown = 0;
			held = 0;
			held_tag = 0;
			i = 0
		}
	:: waiting > 0 && bits[taken] == taken_tag -> /* ring_take_replies */
		i = value[taken];
		assert(i == due + REPLY && rest[taken] == i);
		assert(!responders[taken]);
progress:	d_step {
			due = (due + 1) % NUMBERS;
			waiting--; room++;
			taken = (taken + 1) % SIZE;
			if
			:: taken == 0 -> taken_tag = taken_tag ^ 3
			:: else
			fi;
			i = 0
		}
	od
}

active proctype responder()
{
	byte taken, taken_tag = 1, given, given_tag = 3; /* places */
	byte due, first, holds, count, i, at, tag;

	do
	:: holds < SIZE && bits[taken] == taken_tag -> /* ring_take_requests */
		i = value[taken];
		assert(responders[taken]);
		assert(i == due && rest[taken] == i);
		d_step {
			due = (due + 1) % NUMBERS;
			holds++;
			taken = (taken + 1) % SIZE;
			if
			:: taken == 0 -> taken_tag = taken_tag ^ 3
			:: else
			fi;
			i = 0
		}
	:: holds > 0 -> /* ring_give */
		select(count : 1 .. holds);
		i = 1; at = given; tag = given_tag;
		do
		:: i < count ->
			at = (at + 1) % SIZE;
			if
			:: at == 0 -> tag = tag ^ 3
			:: else
			fi;
			assert(responders[at]);
			store_rest(at, (first + i) % NUMBERS + REPLY);
			store_word(at, tag, (first + i) % NUMBERS + REPLY);
			i++
		:: else -> break
		od;
		store_rest(given, first + REPLY);
#if DEFECT != 3
		i = 0;
		do
		:: i < count -> arrive((given + i) % SIZE); i++
		:: else -> break
		od;
#endif
		skip;
		d_step {
			assert(responders[given]);
			i = 0;
			do
			:: i < count -> responders[(given + i) % SIZE] = false; i++
			:: else -> break
			od;
			bits[given] = given_tag;
			value[given] = first + REPLY;
			first = (first + count) % NUMBERS;
			holds = holds - count;
			i = 0;
			do
			:: i < count ->
				given = (given + 1) % SIZE;
				if
				:: given == 0 -> given_tag = given_tag ^ 3
				:: else
				fi;
				i++
			:: else -> break
			od;
			i = 0; count = 0; at = 0; tag = 0
		}
	od
}
