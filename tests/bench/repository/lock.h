// SPDX-License-Identifier: BSD-3-Clause
// A mutex that spins for a while before it sleeps, as Rust's std::sync::Mutex does: locks are held
// for nanoseconds here.

#pragma once

#include <pthread.h>

static inline void
lock_init(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
}
