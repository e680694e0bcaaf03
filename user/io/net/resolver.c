/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Questions and answers between the main loop and the threads that look names up. */
#include "user/io/net/resolver.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/base/list.h"
#include "user/io/net/lookup.h"

/* getaddrinfo() with its modules; the default would be 8 MiB */
#define THREAD_STACK_BYTES ((size_t)256 * 1024)

/* A question that becomes its answer, so that a thread never has to allocate. */
struct job {
	struct list_node node;
	int family;
	struct lookup_answer answer;
	char name[];
};

/* Shared with the threads, which may outlive resolver_free(). The lock guards all of it. */
struct resolver {
	pthread_mutex_t lock;
	pthread_cond_t asked;
	struct list questions;
	struct list answers;
	uint32_t question_count;
	uint32_t pending;
	uint32_t threads;
	uint32_t idle_threads;
	uint32_t references; /* the owner and the threads; the last one frees */
	bool is_closed;
	int fd; /* an eventfd that is 1 while there are answers, else 0 */
};

static struct job *queue_pop(struct list *queue)
{
	struct list_node *node = list_take(queue);

	return node ? list_item(node, struct job, node) : NULL;
}

static void queue_clear(struct list *queue)
{
	struct job *job;

	while ((job = queue_pop(queue)))
		free(job);
}

/* The lock is held, and let go. */
static void resolver_unref_unlock(struct resolver *resolver)
{
	bool is_last = --resolver->references == 0;

	pthread_mutex_unlock(&resolver->lock);
	if (!is_last)
		return;
	pthread_cond_destroy(&resolver->asked);
	pthread_mutex_destroy(&resolver->lock);
	free(resolver);
}

/* The lock is held. */
static struct job *question_wait(struct resolver *resolver)
{
	while (!resolver->questions.first && !resolver->is_closed) {
		resolver->idle_threads++;
		pthread_cond_wait(&resolver->asked, &resolver->lock);
		resolver->idle_threads--;
	}
	if (resolver->is_closed)
		return NULL;
	resolver->question_count--;
	return queue_pop(&resolver->questions);
}

/* The lock is held. */
static void answer_hand_over(struct resolver *resolver, struct job *job)
{
	if (resolver->is_closed) {
		free(job);
		return;
	}
	if (!resolver->answers.first)
		eventfd_write(resolver->fd, 1);
	list_append(&resolver->answers, &job->node);
}

static void *thread_run(void *argument)
{
	struct resolver *resolver = argument;
	struct job *job;

	pthread_mutex_lock(&resolver->lock);
	while ((job = question_wait(resolver))) {
		pthread_mutex_unlock(&resolver->lock);
		lookup_run(job->name, job->family, &job->answer);
		pthread_mutex_lock(&resolver->lock);
		answer_hand_over(resolver, job);
	}
	resolver_unref_unlock(resolver);
	return NULL;
}

/*
 * A thread inherits the mask, so that there is no instant in which it could be given one of the
 * process's signals.
 */
static int thread_create(struct resolver *resolver, const pthread_attr_t *attributes)
{
	sigset_t all, before;
	pthread_t thread;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, attributes, thread_run, resolver);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -error;
}

/* The lock is held. */
static int thread_start(struct resolver *resolver)
{
	pthread_attr_t attributes;
	int result = -pthread_attr_init(&attributes);

	if (result < 0)
		return result;
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	result = thread_create(resolver, &attributes);
	pthread_attr_destroy(&attributes);
	if (result == 0) {
		resolver->threads++;
		resolver->references++;
	}
	return result;
}

struct resolver *resolver_new(void)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));

	if (!resolver)
		return NULL;
	resolver->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (resolver->fd < 0) {
		free(resolver);
		return NULL;
	}
	pthread_mutex_init(&resolver->lock, NULL);
	pthread_cond_init(&resolver->asked, NULL);
	resolver->references = 1;
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	pthread_mutex_lock(&resolver->lock);
	resolver->is_closed = true;
	queue_clear(&resolver->questions);
	queue_clear(&resolver->answers);
	close(resolver->fd);
	pthread_cond_broadcast(&resolver->asked);
	resolver_unref_unlock(resolver);
}

int resolver_fd(const struct resolver *resolver)
{
	return resolver->fd;
}

static struct job *job_new(uint32_t id, const char *name, int family)
{
	size_t name_bytes = strlen(name) + 1;
	struct job *job = calloc(1, sizeof(*job) + name_bytes);

	if (!job)
		return NULL;
	job->family = family;
	job->answer.id = id;
	memcpy(job->name, name, name_bytes);
	return job;
}

int resolver_ask(struct resolver *resolver, uint32_t id, const char *name, int family)
{
	struct job *job;

	if (!*name || (family != AF_UNSPEC && family != AF_INET && family != AF_INET6))
		return -EINVAL;
	job = job_new(id, name, family);
	if (!job)
		return -ENOMEM;
	pthread_mutex_lock(&resolver->lock);
	/*
	 * Threads that are woken but have not run yet still count as idle, so what they will take
	 * is counted too.
	 */
	if (resolver->question_count >= resolver->idle_threads &&
	    resolver->threads < RESOLVER_MAX_THREADS)
		thread_start(resolver);
	if (resolver->threads == 0) {
		pthread_mutex_unlock(&resolver->lock);
		free(job);
		return -EAGAIN;
	}
	list_append(&resolver->questions, &job->node);
	resolver->question_count++;
	resolver->pending++;
	pthread_cond_signal(&resolver->asked);
	pthread_mutex_unlock(&resolver->lock);
	return 0;
}

bool resolver_take(struct resolver *resolver, struct lookup_answer *ret_answer)
{
	struct job *job;
	eventfd_t ignored;

	pthread_mutex_lock(&resolver->lock);
	job = queue_pop(&resolver->answers);
	if (job) {
		resolver->pending--;
		if (!resolver->answers.first)
			eventfd_read(resolver->fd, &ignored);
	}
	pthread_mutex_unlock(&resolver->lock);
	if (!job)
		return false;
	*ret_answer = job->answer;
	free(job);
	return true;
}

uint32_t resolver_pending(struct resolver *resolver)
{
	uint32_t pending;

	pthread_mutex_lock(&resolver->lock);
	pending = resolver->pending;
	pthread_mutex_unlock(&resolver->lock);
	return pending;
}
