// SPDX-License-Identifier: BSD-3-Clause

#include "asker.h"

#include "answers.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

STAILQ_HEAD(questions, question);

struct asker {
	struct replies *replies;
	struct own *own;
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

// NULL: the end.
static struct question *
next_question(struct asker *asker)
{
	struct question *question = NULL;

	pthread_mutex_lock(&asker->lock);
	while (!asker->stop && (question = pop(&asker->asked)) == NULL)
		pthread_cond_wait(&asker->news, &asker->lock);
	pthread_mutex_unlock(&asker->lock);
	return question;
}

static void *
work(void *context)
{
	struct asker *asker = context;
	struct question *question;

	while ((question = next_question(asker)) != NULL) {
		struct answer answer = answers_make(&question->request, asker->replies, asker->own);

		pthread_mutex_lock(&asker->lock);
		question->answer = answer;
		STAILQ_INSERT_TAIL(&asker->answered, question, next);
		pthread_mutex_unlock(&asker->lock);
		eventfd_write(asker->event_fd, 1);
	}
	return NULL;
}

struct asker *
asker_start(struct replies *replies, struct own *own)
{
	struct asker *asker = calloc(1, sizeof(*asker));

	if (asker == NULL)
		return NULL;
	asker->replies = replies;
	asker->own = own;
	STAILQ_INIT(&asker->asked);
	STAILQ_INIT(&asker->answered);
	pthread_mutex_init(&asker->lock, NULL);
	pthread_cond_init(&asker->news, NULL);
	asker->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (asker->event_fd >= 0 && pthread_create(&asker->thread, NULL, work, asker) == 0)
		return asker;
	if (asker->event_fd >= 0)
		close(asker->event_fd);
	free(asker);
	return NULL;
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
