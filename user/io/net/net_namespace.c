// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A descriptor, counted; the way back is one for the whole process. */
#include "user/io/net/net_namespace.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/io/net/netns.h"

struct net_namespace {
	const char *name;
	int fd; /* -1: our own, nothing to enter */
	uint32_t inode;
	unsigned references;
};

/* Where all threads begin, and come back to; -1: no other namespace has been asked for so far. */
static int own_fd = -1;
static pthread_mutex_t own_lock = PTHREAD_MUTEX_INITIALIZER;

static int open_own(struct error *ret_error)
{
	int result = 0;

	pthread_mutex_lock(&own_lock);
	if (own_fd < 0)
		own_fd = result = netns_open_own(ret_error);
	pthread_mutex_unlock(&own_lock);
	return result < 0 ? result : 0;
}

static int open_named(struct net_namespace *net, struct error *ret_error)
{
	int result = open_own(ret_error);

	if (result < 0)
		return result;
	net->fd = netns_open(net->name, ret_error);
	if (net->fd < 0)
		return net->fd;
	net->inode = netns_inode_of(net->fd);
	/* Nothing to enter, so no privilege needed */
	if (netns_is_same(net->fd, own_fd) > 0) {
		close(net->fd);
		net->fd = -1;
	}
	return 0;
}

struct net_namespace *net_namespace_new(const char *name, struct error *ret_error)
{
	struct net_namespace *net = malloc(sizeof(*net));
	int result = net ? 0 : -ENOMEM;

	if (!net) {
		error_set(ret_error, result, "out of memory");
		return NULL;
	}
	*net = (struct net_namespace){
		.name = name, .fd = -1, .inode = name ? 0 : netns_inode(), .references = 1};
	if (name)
		result = open_named(net, ret_error);
	if (result == 0)
		return net;
	net_namespace_release(net);
	errno = -result;
	return NULL;
}

struct net_namespace *net_namespace_share(struct net_namespace *net)
{
	__atomic_add_fetch(&net->references, 1, __ATOMIC_RELAXED);
	return net;
}

void net_namespace_release(struct net_namespace *net)
{
	if (!net || __atomic_sub_fetch(&net->references, 1, __ATOMIC_ACQ_REL))
		return;
	if (net->fd >= 0)
		close(net->fd);
	free(net);
}

const char *net_namespace_name(const struct net_namespace *net)
{
	return net->name;
}

uint32_t net_namespace_inode(const struct net_namespace *net)
{
	return net->inode;
}

int net_namespace_enter(const struct net_namespace *net)
{
	return net->fd < 0 ? 0 : netns_enter(net->fd);
}

void net_namespace_leave(const struct net_namespace *net)
{
	if (net->fd >= 0)
		netns_leave(own_fd);
}
