/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Throw-away hosts: namespaces, links, addresses, and what is done in them. */
#include "tests/lab/lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lab/child.h"
#include "tests/lab/holder.h"
#include "tests/lab/receive.h"
#include "user/base/error.h"

#define TOOL_TIMEOUT_MS 60000
#define PEER_TUN_FD	3

static const char *const host_names[LAB_HOSTS] = {"client", "router", "server"};

/*
 * Each reaches for the next one's namespace by its holder's pid. The TUN device is there already.
 */
static const char client_links[] = "link set lo up\n"
				   "link add eth0 type veth peer name eth0 netns %d\n"
				   "address add " LAB_CLIENT4 "/24 dev eth0\n"
				   "address add " LAB_CLIENT6 "/64 dev eth0 nodad\n"
				   "link set eth0 up\n"
				   "address add 10.9.0.1/24 dev tun0\n"
				   "address add fd00:9::1/64 dev tun0 nodad\n"
				   "link set tun0 up txqueuelen 10000\n"
				   "route add 10.2.0.0/24 via " LAB_ROUTER4 "\n"
				   "route add 10.3.0.0/24 via " LAB_ROUTER4 "\n"
				   "route add fd00:2::/64 via " LAB_ROUTER6 "\n"
				   "route add fd00:3::/64 via " LAB_ROUTER6 "\n";
static const char router_links[] = "link set lo up\n"
				   "link add eth1 type veth peer name eth0 netns %d\n"
				   "address add " LAB_ROUTER4 "/24 dev eth0\n"
				   "address add " LAB_ROUTER6 "/64 dev eth0 nodad\n"
				   "address add 10.2.0.1/24 dev eth1\n"
				   "address add fd00:2::1/64 dev eth1 nodad\n"
				   "link set eth0 up\n"
				   "link set eth1 up\n";
static const char server_links[] = "link set lo up\n"
				   "address add " LAB_SERVER4 "/24 dev eth0\n"
				   "address add " LAB_SERVER6 "/64 dev eth0 nodad\n"
				   "link set eth0 up\n"
				   "route add default via 10.2.0.1\n"
				   "route add default via fd00:2::1\n";

static int enter(const struct lab *lab, enum lab_host host)
{
	return setns(lab->hosts[host].netns_fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

/*
 * Staying in the wrong namespace would touch the machine's own settings, or make a test mean
 * something else.
 */
static void leave(const struct lab *lab)
{
	if (setns(lab->own_netns_fd, CLONE_NEWNET) < 0)
		abort();
}

static int open_netns(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int start_host(struct lab *lab, enum lab_host host, struct error *ret_error)
{
	pid_t holder = holder_start(host_names[host], host == LAB_ROUTER, ret_error);

	if (holder < 0)
		return holder;
	lab->hosts[host].holder = holder;
	lab->hosts[host].netns_fd = open_netns(holder);
	return lab->hosts[host].netns_fd < 0
		       ? error_set(ret_error, -errno, "cannot open the %s's namespace",
				   host_names[host])
		       : 0;
}

/* A TUN device belongs to the namespace in which /dev/net/tun was opened. */
static int open_tun(struct lab *lab, struct error *ret_error)
{
	struct ifreq request = {.ifr_name = "tun0", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd, result = enter(lab, LAB_CLIENT);

	if (lab->receive == LAB_RECEIVE_THREADS)
		request.ifr_flags |= IFF_NAPI;
	if (result < 0)
		return error_set(ret_error, result, "cannot enter the client's namespace: %s",
				 strerror(-result));
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		result = error_set(ret_error, -errno, "cannot make a TUN device: %s",
				   strerror(errno));
	leave(lab);
	if (result == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return result;
}

void lab_move_far(const struct lab *lab, pid_t pid)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(lab->far_processor, &set);
	if (lab->receive != LAB_RECEIVE_IN_CALL && pid > 0)
		sched_setaffinity(pid, sizeof(set), &set);
}

static int start_peer(struct lab *lab, int tun_fd, struct error *ret_error)
{
	lab->peer = peer_new();
	if (!lab->peer)
		return error_set(ret_error, -errno, "cannot share memory with the peer: %s",
				 strerror(errno));
	inet_pton(AF_INET, LAB_PEER_ROUTER4, lab->peer->router4);
	inet_pton(AF_INET6, LAB_PEER_ROUTER6, lab->peer->router6);
	lab->peer_process = child_fork("ktcping-peer", SIGKILL, tun_fd);
	if (lab->peer_process == 0)
		peer_run(lab->peer, PEER_TUN_FD);
	lab_move_far(lab, lab->peer_process);
	return lab->peer_process < 0
		       ? error_set(ret_error, -errno, "cannot start the peer: %s", strerror(errno))
		       : 0;
}

static int set_up_links(struct lab *lab, struct error *ret_error)
{
	char text[1024];
	int result;

	snprintf(text, sizeof(text), client_links, lab->hosts[LAB_ROUTER].holder);
	result = lab_ip(lab, LAB_CLIENT, text, ret_error);
	if (result < 0)
		return result;
	snprintf(text, sizeof(text), router_links, lab->hosts[LAB_SERVER].holder);
	result = lab_ip(lab, LAB_ROUTER, text, ret_error);
	return result < 0 ? result : lab_ip(lab, LAB_SERVER, server_links, ret_error);
}

static int set_receive(struct lab *lab, struct error *ret_error)
{
	unsigned near = lab->near_processor, far = lab->far_processor;
	int result = 0;

	for (enum lab_host host = 0;
	     host < LAB_HOSTS && result == 0 && lab->receive != LAB_RECEIVE_IN_CALL; host++) {
		bool is_client = host == LAB_CLIENT;

		result = enter(lab, host);
		if (result < 0)
			return error_set(ret_error, result, "cannot enter the %s's namespace: %s",
					 host_names[host], strerror(-result));
		result = receive_on(is_client ? near : far, is_client ? far : near,
				    lab->receive == LAB_RECEIVE_THREADS, ret_error);
		leave(lab);
	}
	return result;
}

static int choose_processors(struct lab *lab, enum lab_receive receive, struct error *ret_error)
{
	lab->receive = receive;
	receive_processors(&lab->near_processor, &lab->far_processor);
	if (receive == LAB_RECEIVE_IN_CALL || lab->near_processor != lab->far_processor)
		return 0;
	return error_set(ret_error, -ENODEV, "there is no second processor to be interrupted by");
}

static int set_up(struct lab *lab, struct error *ret_error)
{
	int result = 0, tun_fd;

	lab->own_netns_fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (lab->own_netns_fd < 0)
		return error_set(ret_error, -errno, "cannot open our own namespace: %s",
				 strerror(errno));
	for (enum lab_host host = 0; host < LAB_HOSTS && result == 0; host++)
		result = start_host(lab, host, ret_error);
	if (result < 0)
		return result;
	tun_fd = open_tun(lab, ret_error);
	if (tun_fd < 0)
		return tun_fd;
	result = start_peer(lab, tun_fd, ret_error);
	close(tun_fd);
	if (result == 0)
		result = set_up_links(lab, ret_error);
	return result < 0 ? result : set_receive(lab, ret_error);
}

struct lab *lab_new(struct error *ret_error)
{
	return lab_new_receiving(LAB_RECEIVE_IN_CALL, ret_error);
}

struct lab *lab_new_receiving(enum lab_receive receive, struct error *ret_error)
{
	struct lab *lab = calloc(1, sizeof(*lab));
	int result;

	if (!lab)
		return NULL;
	lab->own_netns_fd = -1;
	for (enum lab_host host = 0; host < LAB_HOSTS; host++)
		lab->hosts[host].netns_fd = -1;
	result = choose_processors(lab, receive, ret_error);
	if (result == 0)
		result = set_up(lab, ret_error);
	if (result == 0)
		return lab;
	lab_free(lab);
	errno = -result;
	return NULL;
}

void lab_free(struct lab *lab)
{
	if (!lab)
		return;
	for (unsigned i = 0; i < lab->listener_count; i++)
		child_stop(lab->listeners[i], SIGKILL);
	child_stop(lab->peer_process, SIGKILL);
	for (enum lab_host host = 0; host < LAB_HOSTS; host++) {
		child_stop(lab->hosts[host].holder, SIGTERM);
		if (lab->hosts[host].netns_fd >= 0)
			close(lab->hosts[host].netns_fd);
	}
	if (lab->own_netns_fd >= 0)
		close(lab->own_netns_fd);
	peer_free(lab->peer);
	free(lab);
}

/* Where the kernel gives no process real time, at least before all others. */
static void make_prompt(pid_t pid)
{
	struct sched_param first = {.sched_priority = 1};

	if (sched_setscheduler(pid, SCHED_FIFO | SCHED_RESET_ON_FORK, &first) < 0)
		setpriority(PRIO_PROCESS, (id_t)pid, -20);
}

void lab_make_prompt(struct lab *lab)
{
	make_prompt(lab->peer_process);
	lab->has_prompt_servers = true;
}

static int run_tool(struct lab *lab, enum lab_host host, const char *const *argv, const char *text,
		    struct error *ret_error)
{
	struct command command = {
		.argv = argv, .input = text, .netns_fd = lab->hosts[host].netns_fd};
	struct command_result tool;
	int result = command_run(&command, TOOL_TIMEOUT_MS, &tool, ret_error);

	if (result < 0)
		return result;
	if (tool.status == 127)
		result = error_set(ret_error, -ENOENT, "%s", tool.errors.bytes);
	else if (tool.status != 0)
		result = error_set(ret_error, -EINVAL, "%s in the %s: %s", argv[0],
				   host_names[host], tool.errors.bytes);
	command_result_release(&tool);
	return result;
}

int lab_ip(struct lab *lab, enum lab_host host, const char *text, struct error *ret_error)
{
	return run_tool(lab, host, (const char *const[]){"ip", "-batch", "-", NULL}, text,
			ret_error);
}

int lab_nft(struct lab *lab, enum lab_host host, const char *text, struct error *ret_error)
{
	return run_tool(lab, host, (const char *const[]){"nft", "-f", "-", NULL}, text, ret_error);
}

int lab_sysctl(struct lab *lab, enum lab_host host, const char *name, const char *value,
	       struct error *ret_error)
{
	int fd, result = enter(lab, host);
	char path[256];

	if (result < 0)
		return error_set(ret_error, result, "cannot enter the %s's namespace: %s",
				 host_names[host], strerror(-result));
	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		result = error_set(ret_error, -errno, "%s cannot be %s: %s", name, value,
				   strerror(errno));
	if (fd >= 0)
		close(fd);
	leave(lab);
	return result;
}

static struct command command_in(const struct lab *lab, enum lab_host host, const char *const *argv)
{
	return (struct command){
		.argv = argv,
		.netns_fd = lab->hosts[host].netns_fd,
		.procs = host == LAB_CLIENT ? lab->client_procs : NULL,
	};
}

int lab_run(struct lab *lab, enum lab_host host, const char *const *argv, unsigned timeout_ms,
	    struct command_result *ret_result, struct error *ret_error)
{
	struct command command = command_in(lab, host, argv);

	return command_run(&command, timeout_ms, ret_result, ret_error);
}

int lab_start(struct lab *lab, enum lab_host host, const char *const *argv,
	      struct command_process *ret_process, struct error *ret_error)
{
	struct command command = command_in(lab, host, argv);

	return command_start(&command, ret_process, ret_error);
}

int lab_socket(struct lab *lab, enum lab_host host, int family, int type)
{
	int fd, result = enter(lab, host);

	if (result < 0)
		return result;
	fd = socket(family, type | SOCK_CLOEXEC, type == SOCK_RAW ? IPPROTO_RAW : 0);
	result = fd < 0 ? -errno : fd;
	leave(lab);
	return result;
}

int lab_listen(struct lab *lab, enum lab_host host, int family, uint16_t port, int backlog,
	       enum listener_manner manner, struct error *ret_error)
{
	int fd = lab_socket(lab, host, family, SOCK_STREAM);
	pid_t pid;

	if (fd < 0)
		return error_set(ret_error, fd, "cannot make a socket in the %s: %s",
				 host_names[host], strerror(-fd));
	if (lab->listener_count == LAB_MAX_LISTENERS) {
		close(fd);
		return error_set(ret_error, -ENOSPC, "a lab has at most %d listeners",
				 LAB_MAX_LISTENERS);
	}
	pid = listener_start(fd, family, port, backlog, manner, ret_error);
	close(fd);
	if (pid < 0)
		return pid;
	if (host != LAB_CLIENT)
		lab_move_far(lab, pid);
	if (lab->has_prompt_servers)
		make_prompt(pid);
	lab->listeners[lab->listener_count++] = pid;
	return 0;
}

void lab_peer_rule(struct lab *lab, uint16_t port, struct peer_rule rule)
{
	lab->peer->rules[port] = rule;
}
