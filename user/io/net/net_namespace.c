// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A descriptor, counted; the way back is one for the whole process. Another namespace takes the
 * place of the first in the same descriptor (dup3()), so that threads which enter need no lock.
 */
#include "user/io/net/net_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/io/net/netns.h"

struct net_namespace {
	const char *name;
	char *path;	/* what the name stands for; NULL: our own */
	int fd;		/* -1: our own, nothing to enter */
	uint32_t inode; /* read by all threads; 0 with fd: it was deleted */
	unsigned references;
	pthread_mutex_t looking;
	uint64_t looked_ns;
	bool is_followed;
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
	char path[PATH_MAX];

	if (result < 0)
		return result;
	net->fd = netns_open(net->name, ret_error);
	if (net->fd < 0)
		return net->fd;
	net->inode = netns_inode_of(net->fd);
	net->path = strdup(netns_path(net->name, path, sizeof(path)));
	if (!net->path)
		return error_set(ret_error, -ENOMEM, "out of memory");
	net->is_followed = true;
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
	pthread_mutex_init(&net->looking, NULL);
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
	pthread_mutex_destroy(&net->looking);
	free(net->path);
	free(net);
}

const char *net_namespace_name(const struct net_namespace *net)
{
	return net->name;
}

uint32_t net_namespace_inode(const struct net_namespace *net)
{
	return __atomic_load_n(&net->inode, __ATOMIC_ACQUIRE);
}

bool net_namespace_is(const struct net_namespace *net, uint32_t inode)
{
	return net->fd < 0 || (inode && net_namespace_inode(net) == inode);
}

bool net_namespace_is_deleted(const struct net_namespace *net)
{
	return net->fd >= 0 && !net_namespace_inode(net);
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

static void set_inode(struct net_namespace *net, uint32_t inode)
{
	__atomic_store_n(&net->inode, inode, __ATOMIC_RELEASE);
}

/* Known to be gone before it is: else what enters would be taken for its own. */
static enum net_change give_back(struct net_namespace *net)
{
	if (!net->inode)
		return NET_SAME;
	set_inode(net, 0);
	dup3(own_fd, net->fd, O_CLOEXEC);
	return NET_DELETED;
}

/* fd is closed. */
static enum net_change renew(struct net_namespace *net, int fd)
{
	set_inode(net, 0);
	dup3(fd, net->fd, O_CLOEXEC);
	set_inode(net, netns_inode_of(fd));
	close(fd);
	return NET_RENEWED;
}

/* Others may be in it still, and the number may be another process's by now. */
static enum net_change end(struct net_namespace *net)
{
	__atomic_store_n(&net->is_followed, false, __ATOMIC_RELAXED);
	return NET_ENDED;
}

static bool is_of_process(const struct net_namespace *net)
{
	return !strncmp(net->path, "/proc/", strlen("/proc/"));
}

static enum net_change look(struct net_namespace *net)
{
	struct stat status;
	int fd, result = stat(net->path, &status) < 0 ? -errno : 0;

	if (result < 0 && result != -ENOENT && result != -ENOTDIR) /* it cannot be told */
		return NET_SAME;
	if (result == 0 && net->inode && status.st_ino == net->inode)
		return NET_SAME;
	if (is_of_process(net))
		return end(net);
	fd = result == 0 ? netns_open(net->path, NULL) : result;
	return fd < 0 ? give_back(net) : renew(net, fd);
}

enum net_change net_namespace_follow(struct net_namespace *net, uint64_t now_ns)
{
	enum net_change change = NET_SAME;

	if (!__atomic_load_n(&net->is_followed, __ATOMIC_RELAXED) || net->fd < 0 ||
	    now_ns < __atomic_load_n(&net->looked_ns, __ATOMIC_RELAXED) + NET_LOOK_NS ||
	    pthread_mutex_trylock(&net->looking))
		return NET_SAME;
	if (net->is_followed)
		change = look(net);
	__atomic_store_n(&net->looked_ns, now_ns, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&net->looking);
	return change;
}
