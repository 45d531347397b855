// SPDX-License-Identifier: BSD-3-Clause

#include "asker.h"

#include "answers.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

STAILQ_HEAD(questions, question);

struct asker {
	struct replies *replies;
	struct own *own;
	struct history *history;
	pthread_t thread;
	int event_fd;
	pthread_mutex_t lock; // of what follows
	pthread_cond_t news;
	bool stop;
	struct questions asked, answered;
};

static void
drop(struct question *question)
{
	answer_free(&question->answer);
	free(question);
}

// Takes the first one of a queue that somebody still waits for. With the lock.
static struct question *
pop(struct questions *questions)
{
	struct question *question;

	while ((question = STAILQ_FIRST(questions)) != NULL) {
		STAILQ_REMOVE_HEAD(questions, next);
		if (!question->given_up)
			return question;
		drop(question);
	}
	return NULL;
}

// Waits for news, at most so long. With the lock.
static void
wait_for_news(struct asker *asker, uint64_t wait_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	uint64_t ns = (uint64_t)until.tv_nsec + wait_ms % 1000 * 1000000;

	until.tv_sec += (time_t)(wait_ms / 1000 + ns / 1000000000);
	until.tv_nsec = (long)(ns % 1000000000);
	pthread_cond_timedwait(&asker->news, &asker->lock, &until);
}

// The next question within so long; NULL: there is none.
static struct question *
next_question(struct asker *asker, uint64_t wait_ms, bool *stop)
{
	pthread_mutex_lock(&asker->lock);
	struct question *question = asker->stop ? NULL : pop(&asker->asked);

	if (question == NULL && !asker->stop) {
		wait_for_news(asker, wait_ms);
		question = asker->stop ? NULL : pop(&asker->asked);
	}
	*stop = asker->stop;
	pthread_mutex_unlock(&asker->lock);
	return question;
}

static void
answer_question(struct asker *asker, struct question *question)
{
	struct answer answer =
		answers_make(&question->request, asker->replies, asker->own, asker->history);

	pthread_mutex_lock(&asker->lock);
	question->answer = answer;
	STAILQ_INSERT_TAIL(&asker->answered, question, next);
	pthread_mutex_unlock(&asker->lock);
	eventfd_write(asker->event_fd, 1);
}

static void *
work(void *context)
{
	struct asker *asker = context;
	bool stop = false;

	while (!stop) {
		uint64_t wait_ms = history_sample(asker->history, asker->replies);
		struct question *question = next_question(asker, wait_ms, &stop);

		if (question != NULL)
			answer_question(asker, question);
	}
	return NULL;
}

struct asker *
asker_start(struct replies *replies, struct own *own, struct history *history)
{
	pthread_condattr_t steady;
	struct asker *asker = calloc(1, sizeof(*asker));

	if (asker == NULL)
		return NULL;
	asker->replies = replies;
	asker->own = own;
	asker->history = history;
	STAILQ_INIT(&asker->asked);
	STAILQ_INIT(&asker->answered);
	pthread_mutex_init(&asker->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&asker->news, &steady);
	pthread_condattr_destroy(&steady);
	asker->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (asker->event_fd >= 0 && pthread_create(&asker->thread, NULL, work, asker) == 0)
		return asker;
	if (asker->event_fd >= 0)
		close(asker->event_fd);
	free(asker);
	return NULL;
}

struct history *
asker_history(const struct asker *asker)
{
	return asker->history;
}

int
asker_fd(const struct asker *asker)
{
	return asker->event_fd;
}

void
asker_put(struct asker *asker, struct question *question)
{
	pthread_mutex_lock(&asker->lock);
	STAILQ_INSERT_TAIL(&asker->asked, question, next);
	pthread_cond_signal(&asker->news);
	pthread_mutex_unlock(&asker->lock);
}

struct question *
asker_take(struct asker *asker)
{
	eventfd_t ignored;

	eventfd_read(asker->event_fd, &ignored);
	pthread_mutex_lock(&asker->lock);
	struct question *question = pop(&asker->answered);

	pthread_mutex_unlock(&asker->lock);
	return question;
}

void
asker_give_up(struct asker *asker, struct question *question)
{
	pthread_mutex_lock(&asker->lock);
	question->given_up = true;
	pthread_mutex_unlock(&asker->lock);
}

static void
drop_all(struct questions *questions)
{
	struct question *question;

	while ((question = pop(questions)) != NULL)
		drop(question);
}

void
asker_stop(struct asker *asker)
{
	pthread_mutex_lock(&asker->lock);
	asker->stop = true;
	pthread_cond_signal(&asker->news);
	pthread_mutex_unlock(&asker->lock);
	pthread_join(asker->thread, NULL);
	drop_all(&asker->asked);
	drop_all(&asker->answered);
	pthread_mutex_destroy(&asker->lock);
	pthread_cond_destroy(&asker->news);
	close(asker->event_fd);
	free(asker);
}
