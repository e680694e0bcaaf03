/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of scenes, from the plain to the strange. */
#include "tests/demo/scene.h"

#include <string.h>
#include <sys/socket.h>

#define SERVER .host = LAB_SERVER4, .listen_on = LAB_SERVER

/* An nft table with one chain at a hook. */
#define CHAIN(hook, rule)                                                                          \
	"table inet demo {\n chain c {\n type filter hook " hook " priority 0\n " rule "\n }\n}\n"

/* The first SYN-ACK to each port of the client is lost, whoever asks. */
#define LOSE_FIRST_SYN_ACK                                                                         \
	"table ip demo {\n set seen {\n type ipv4_addr . inet_service\n flags dynamic\n size "     \
	"64\n }\n"                                                                                 \
	" chain c {\n type filter hook forward priority 0\n"                                       \
	"  tcp sport 7007 tcp flags & (syn | ack) == syn | ack ip daddr . tcp dport != @seen add " \
	"@seen { ip daddr . tcp dport } drop\n"                                                    \
	" }\n}\n"

#define REDIRECT_TO_PROXY                                                                          \
	"table ip demo {\n chain c {\n type nat hook output priority -100\n tcp dport 7010 "       \
	"redirect to :3128\n }\n}\n"

const struct scene scenes[] = {
	{.story = "A server listens.", SERVER, .port = 80, .listen_port = 80},
	{.story = "The host is there, but nobody listens.", SERVER, .port = 7002},
	{.story = "The server's firewall drops the SYN without a word.",
	 SERVER,
	 .port = 7003,
	 .listen_port = 7003,
	 .rules_on = LAB_SERVER,
	 .rules = CHAIN("input", "tcp dport 7003 drop")},
	{.story = "A firewall on the way refuses, and makes it look like a closed port.",
	 SERVER,
	 .port = 7004,
	 .listen_port = 7004,
	 .rules_on = LAB_ROUTER,
	 .rules = CHAIN("forward", "tcp dport 7004 reject with icmpx port-unreachable")},
	{.story = "A firewall on the way prohibits it by ICMP; there is a route all the same.",
	 SERVER,
	 .port = 7005,
	 .listen_port = 7005,
	 .rules_on = LAB_ROUTER,
	 .rules = CHAIN("forward", "tcp dport 7005 reject with icmpx admin-prohibited")},
	{.story = "A host 20 ms away, whose first SYN is lost.",
	 .host = LAB_PEER4,
	 .port = 7006,
	 .rule = {.answer = PEER_SYN_ACK, .delay_us = 20000, .drop_first = 1}},
	{.story = "A server well under a millisecond away, whose first SYN-ACK is lost: which SYN "
		  "it answers then, nothing on the wire "
		  "tells.",
	 SERVER,
	 .port = 7007,
	 .listen_port = 7007,
	 .rules_on = LAB_ROUTER,
	 .rules = LOSE_FIRST_SYN_ACK},
	{.story = "This host's own firewall drops the SYN.",
	 SERVER,
	 .port = 7008,
	 .listen_port = 7008,
	 .rules_on = LAB_CLIENT,
	 .rules = CHAIN("output", "tcp dport 7008 drop")},
	{.story = "This host's own firewall drops the answer; the server is open.",
	 SERVER,
	 .port = 7009,
	 .listen_port = 7009,
	 .rules_on = LAB_CLIENT,
	 .rules = CHAIN("input", "tcp sport 7009 drop")},
	{.story = "Nobody listens at the server, but a proxy on this host answers for it.",
	 .host = LAB_SERVER4,
	 .port = 7010,
	 .listen_on = LAB_CLIENT,
	 .listen_port = 3128,
	 .rules_on = LAB_CLIENT,
	 .rules = REDIRECT_TO_PROXY},
	{.story = "Nobody listens here; the socket gets this very port as its own, and connects to "
		  "itself.",
	 .host = "127.0.0.1",
	 .port = 40000,
	 .source_ports = "40000 40000",
	 .has_room_for_one = true},
};
const size_t scene_count = sizeof(scenes) / sizeof(scenes[0]);

int scene_set(const struct scene *scene, struct lab *lab, struct error *ret_error)
{
	int result = 0;

	if (!strcmp(scene->host, LAB_PEER4))
		lab_peer_rule(lab, scene->port, scene->rule);
	if (scene->listen_port)
		result = lab_listen(lab, scene->listen_on, AF_INET, scene->listen_port, 16,
				    LISTENER_READS, ret_error);
	if (result == 0 && scene->rules)
		result = lab_nft(lab, scene->rules_on, scene->rules, ret_error);
	if (result == 0 && scene->source_ports)
		result = lab_sysctl(lab, LAB_CLIENT, "net/ipv4/ip_local_port_range",
				    scene->source_ports, ret_error);
	return result;
}
