/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Throw-away hosts: a client, a router and a server in network namespaces of their own, and a
 * scripted peer behind the client's TUN device.
 *
 *	client  eth0 10.1.0.2/24 fd00:1::2/64 -- eth0 router eth1 -- eth0 10.2.0.2/24 fd00:2::2/64  server
 *	        tun0 10.9.0.1/24 fd00:9::1/64 -- the peer, as every other address of these nets
 *
 * The router is 10.1.0.1, 10.2.0.1 and fd00:1::1, fd00:2::1. The client has no default route;
 * 10.2.0.0/24 and 10.3.0.0/24, fd00:2::/64 and fd00:3::/64 go through the router, which knows
 *   no way to the third. Nobody but those named here is on any link.
 *
 * Nothing has a name in the file system. Each namespace lives in a holder process and is gone with
 * it; the holders (in ps "ktcping-" and more, their UTS names are unique to the lab) end when the
 * thread that called lab_new() ends, however that happens, and take with them whatever still runs
 * in their namespace. Labs do not see each other: any number may live at a time, with the same
 * addresses.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/lab/command.h"
#include "tests/lab/listener.h"
#include "tests/lab/peer.h"

#define LAB_MAX_LISTENERS 16

#define LAB_CLIENT4	 "10.1.0.2"
#define LAB_CLIENT6	 "fd00:1::2"
#define LAB_ROUTER4	 "10.1.0.1"
#define LAB_ROUTER6	 "fd00:1::1"
#define LAB_SERVER4	 "10.2.0.2"
#define LAB_SERVER6	 "fd00:2::2"
#define LAB_PEER4	 "10.9.0.7"
#define LAB_PEER6	 "fd00:9::7"
#define LAB_PEER_ROUTER4 "10.9.0.254" /* sends the peer's ICMP errors */
#define LAB_PEER_ROUTER6 "fd00:9::fe"
#define LAB_NOBODY4	 "10.1.0.77" /* on the client's link, but nobody has it */
#define LAB_NOBODY6	 "fd00:1::77"
#define LAB_NOWHERE4	 "10.3.0.2" /* the router knows no way there */
#define LAB_NOWHERE6	 "fd00:3::2"
#define LAB_UNROUTED4	 "10.77.0.2" /* the client knows no way there */
#define LAB_UNROUTED6	 "fd00:77::2"

/*
 * How the hosts receive. veth, loopback and TUN by themselves process a packet within the sender's
 * call, the whole way to the answer: no interrupt comes in between. A network card's interrupt
 * comes anywhere, and then the kernel skips the tracing program that it has interrupted.
 */
enum lab_receive {
	LAB_RECEIVE_IN_CALL,
	LAB_RECEIVE_INTERRUPTS, /* on a processor of the lab's choice (RPS): an interrupt there */
	LAB_RECEIVE_THREADS,	/* a NAPI thread has it before that; see receive_on() */
};

enum lab_host {
	LAB_CLIENT,
	LAB_ROUTER,
	LAB_SERVER,
	LAB_HOSTS,
};

struct lab {
	struct {
		pid_t holder; /* /proc/<holder>/ns/net is the namespace */
		int netns_fd;
	} hosts[LAB_HOSTS];
	int own_netns_fd;
	enum lab_receive receive;
	/* Unless in the call, the client receives on the near one, router and server on the far one;
	 * the peer and the listeners that are not the client's run there, too. */
	unsigned near_processor, far_processor;
	struct peer *peer; /* its rules, its log */
	pid_t peer_process;
	pid_t listeners[LAB_MAX_LISTENERS];
	unsigned listener_count;
	bool has_prompt_servers;
	/* lab_run() and lab_start() run in that cgroup in the client; see struct command */
	const char *client_procs;
};

/*
 * NULL on failure, with errno: EPERM, ENOENT and the like when this machine or user cannot have a
 * lab, and why. Needs root, ip and nft.
 */
struct lab *lab_new(struct error *ret_error);
/* The same, receiving in that way. ENODEV where there is no second processor to interrupt from. */
struct lab *lab_new_receiving(enum lab_receive receive, struct error *ret_error);
void lab_free(struct lab *lab);

/*
 * From now on whatever else runs on this machine delays neither the peer nor servers that are
 * started later: they stand for other hosts, whose time is their own.
 */
void lab_make_prompt(struct lab *lab);

/* Each returns 0, or -errno with the sentence. The text is what `ip -batch` or `nft -f` reads. */
int lab_ip(struct lab *lab, enum lab_host host, const char *text, struct error *ret_error);
int lab_nft(struct lab *lab, enum lab_host host, const char *text, struct error *ret_error);
/* name: below /proc/sys, as "net/ipv4/ip_local_port_range". */
int lab_sysctl(struct lab *lab, enum lab_host host, const char *name, const char *value,
	       struct error *ret_error);

/*
 * A TCP server at every address of the host. Where it accepts no connection, its queue of backlog +
 * 1 fills.
 */
int lab_listen(struct lab *lab, enum lab_host host, int family, uint16_t port, int backlog,
	       enum listener_manner manner, struct error *ret_error);

/* As command_run(), in the host. */
int lab_run(struct lab *lab, enum lab_host host, const char *const *argv, unsigned timeout_ms,
	    struct command_result *ret_result, struct error *ret_error);
int lab_start(struct lab *lab, enum lab_host host, const char *const *argv,
	      struct command_process *ret_process, struct error *ret_error);

/* A socket of the host (close-on-exec), or -errno. With SOCK_RAW, IP headers are the caller's. */
int lab_socket(struct lab *lab, enum lab_host host, int family, int type);

/*
 * A process of another host than the client: unless in the call, it belongs on the far processor.
 */
void lab_move_far(const struct lab *lab, pid_t pid);

/* From now on the port of every host behind the TUN device follows the rule. */
void lab_peer_rule(struct lab *lab, uint16_t port, struct peer_rule rule);

#endif
