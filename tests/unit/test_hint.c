/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hints name the next command: for the very hook, device or address. */
#include "tests/unit/story.h"
#include "user/words/explain.h"
#include "user/words/reasons.h"

#define HOOK                                                                                       \
	"a hook of the kernel's own: NAT that finds no free port, or no route to where a rule "    \
	"sends it; "                                                                               \
	"see: conntrack -S (insert_failed, drop); nft list ruleset"
#define LIST(hook) "nft list ruleset | sed -n '/hook " hook "/,/^\\t}/p'"

static void expect_hint(struct story *s, double at_ms, const char *hint)
{
	char text[EXPLAIN_MAX] = "";
	struct verdict verdict;

	cr_assert(story_judge(s, at_ms, &verdict));
	if (hint)
		cr_expect_str_eq(explain_hint(story_judgement(&s->attempt, &verdict), NULL, text),
				 hint);
	else
		cr_expect_null(explain_hint(story_judgement(&s->attempt, &verdict), NULL, text),
			       "%s", text);
}

struct drop_case {
	const char *reason, *function;
	bool has_device, is_own;
	const char *hint;
};

Test(hint, what_was_dropped_on_its_way_out)
{
	static const struct drop_case cases[] = {
		{"NETFILTER_DROP", "nft_do_chain", false, true,
		 "list the rules with: " LIST("output")},
		{"NETFILTER_DROP", "nft_do_chain", true, true,
		 "list the rules with: " LIST("\\(output\\|postrouting\\|egress\\)")},
		{"", "nf_hook_slow", false, true,
		 "list the rules with: " LIST("output") "; or: iptables-legacy -vnL OUTPUT"},
		{"QDISC_DROP", "__dev_queue_xmit", true, true, "see: tc -s qdisc show dev eth0"},
		{"TC_EGRESS", "__dev_queue_xmit", true, true,
		 "see: tc -s filter show dev eth0 egress; bpftool net show dev eth0"},
		{"BPF_CGROUP_EGRESS", "ip_finish_output", false, true, "see: bpftool cgroup tree"},
		{"NOT_SPECIFIED", "some_driver", true, true, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story s = story_connect(AF_INET);
		struct event *drop = story_drop_out(&s, 0.1, cases[i].reason, cases[i].function);

		if (cases[i].has_device) {
			drop->packet.ifindex = s.ifindex;
			strcpy(drop->packet.device, s.device);
		}
		story_deadline(&s, 400);
		expect_hint(&s, 401, cases[i].hint);
	}
}

Test(hint, what_was_dropped_on_its_way_in)
{
	static const struct drop_case cases[] = {
		{"NETFILTER_DROP", "nft_do_chain", true, true,
		 "the server is open; list the rules with: " LIST("input")},
		{"NETFILTER_DROP", "nft_do_chain", true, false,
		 "the server is open; list the rules with: " LIST(
			 "\\(ingress\\|prerouting\\|input\\)")},
		{"", "nf_hook_slow", true, true,
		 "the server is open; list the rules with: " LIST(
			 "input") "; or: iptables-legacy -vnL INPUT"},
		{"NETFILTER_DROP", "nf_hook_slow", true, true, "the server is open; " HOOK},
		{"IP_RPFILTER", "ip_rcv_finish_core", true, true,
		 "the server is open; see: sysctl net/ipv4/conf/all/rp_filter "
		 "net/ipv4/conf/eth0/rp_filter"},
		{"TC_INGRESS", "__netif_receive_skb_core", true, false,
		 "the server is open; see: tc -s filter show dev eth0 ingress; bpftool net show "
		 "dev eth0"},
		{"NOT_SPECIFIED", "do_xdp_generic", true, false,
		 "the server is open; see: bpftool net show dev eth0"},
		{"NOT_SPECIFIED", "some_function", true, false, "the server is open"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story s = story_connect(AF_INET);

		story_syn(&s, 0.1);
		story_syn_ack(&s, 3, 0.1);
		story_drop_in(&s, 3.1, cases[i].reason, cases[i].function)->packet.is_own =
			cases[i].is_own;
		story_deadline(&s, 400);
		expect_hint(&s, 401, cases[i].hint);
	}
}

/*
 * What the drop alone does not tell, this host's state does, or the errno of the SYN that was sent
 * again.
 */
Test(hint, a_hook_of_the_kernel_drops_for_a_reason_of_its_own)
{
	static const struct {
		const char *function;
		struct host_event host;
		int error;
		const char *hint;
	} cases[] = {
		{"nf_hook_slow", {.tracked = 7, .tracked_max = 8}, 0, HOOK},
		{"nf_hook_slow",
		 {.tracked = 8, .tracked_max = 8},
		 0,
		 "the table of tracked connections is full (8 of 8); see: sysctl "
		 "net.netfilter.nf_conntrack_max; conntrack -S"},
		{"nf_hook_slow",
		 {.is_virtual_service = true},
		 0,
		 "it is a service of IPVS that has no real server; see: ipvsadm -Ln"},
		{"nf_hook_slow", {.is_virtual_service = true, .real_servers = 1}, 0, HOOK},
		{"nf_hook_slow",
		 {.has_legacy_rules = true},
		 -EPERM,
		 "list the rules with: iptables-legacy -vnL OUTPUT"},
		{"nf_hook_slow",
		 {0},
		 -EINVAL,
		 "routed anew, by its new address or mark, it is refused with EINVAL: a blackhole "
		 "route or rule; see: ip rule; ip route show table all type blackhole"},
		{"nf_hook_slow",
		 {0},
		 -EACCES,
		 "routed anew, by its new address or mark, it is refused with EACCES: a prohibit "
		 "route or rule; see: ip rule; ip route show table "
		 "all "
		 "type prohibit"},
		{"nf_hook_slow",
		 {0},
		 -ENETUNREACH,
		 "routed anew, by its new address or mark, it has no route, or an unreachable "
		 "rule; see: ip rule; ip route show table all"},
		{"dst_discard_out",
		 {.policies_out = 1},
		 0,
		 "this host has IPsec policies; see: ip xfrm policy; ip xfrm state"},
		{"dst_discard_out", {0}, 0, NULL},
		{"wg_xmit", {0}, 0, "see: wg show DEVICE"},
		{"nf_queue",
		 {0},
		 0,
		 "a rule queues it for a program, and none listens; see: cat "
		 "/proc/net/netfilter/nfnetlink_queue; nft list ruleset"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story s = story_connect(AF_INET);

		story_drop_out(&s, 0.1,
			       strcmp(cases[i].function, "nf_hook_slow") ? "NOT_SPECIFIED"
									 : "NETFILTER_DROP",
			       cases[i].function);
		if (cases[i].error)
			story_retransmit(&s, 1000, cases[i].error);
		story_deadline(&s, 1400);
		story_event(&s, 1400.1, EVENT_HOST)->host = cases[i].host;
		expect_hint(&s, 1401, cases[i].hint);
	}
}

/* connect() said EPERM. */
Test(hint, a_policy_of_ipsec_is_named_where_there_is_one)
{
	for (uint16_t policies = 0; policies < 2; policies++) {
		struct story s = story_new(AF_INET);

		story_route(&s, -0.1, ROUTE_UNICAST);
		story_enter(&s, 0);
		story_return(&s, 0.1, EPERM);
		story_event(&s, 0.2, EVENT_HOST)->host.policies_out = policies;
		expect_hint(
			&s, 1,
			policies
				? "this host has IPsec policies; see: ip xfrm policy; ip xfrm state"
				: reason_rows[REASON_POLICY].next);
	}
}

Test(hint, an_xdp_program_may_be_why_nothing_came)
{
	struct story with = story_connect(AF_INET), without = story_connect(AF_INET);

	story_syn(&with, 0.1);
	story_deadline(&with, 400);
	story_link(&with, 400.1, true, true);
	expect_hint(
		&with, 401,
		"an XDP program on eth0 may drop answers unseen; see: bpftool net show dev eth0");
	story_syn(&without, 0.1);
	story_deadline(&without, 400);
	story_link(&without, 400.1, true, false);
	expect_hint(&without, 401, NULL);
}

Test(hint, a_carrier_is_looked_for_on_its_device)
{
	struct story s = story_connect(AF_INET);

	story_deadline(&s, 400);
	story_link(&s, 400.1, false, false);
	expect_hint(&s, 401, "see: ip link show dev eth0");
}

/*
 * Rules may answer otherwise to another source, mark or device; and elsewhere other rules, routes
 * and devices are shown.
 */
Test(hint, what_is_asked_is_what_the_probe_was)
{
	static const struct {
		struct origin_facts from;
		const char *hint;
	} cases[] = {
		{{.tos = -1}, "see: ip route get 10.2.0.2"},
		{{.tos = 0xb8, .device = "eth1", .has_mark = true, .mark = 16},
		 "see: ip route get 10.2.0.2 oif eth1 mark 0x10 tos 0xb8"},
		{{.tos = -1, .source = {.family = AF_INET, .bytes = {10, 9, 9, 9}}},
		 "see: ip route get 10.2.0.2 from 10.9.9.9"},
		{{.tos = -1, .netns = "blue"},
		 "see: ip route get 10.2.0.2 (there: ip netns exec blue)"},
		{{.tos = -1, .netns = "4711"},
		 "see: ip route get 10.2.0.2 (there: nsenter --net -t 4711)"},
		{{.tos = -1, .netns = "/run/x"},
		 "see: ip route get 10.2.0.2 (there: nsenter --net=/run/x)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct story s = story_new(AF_INET);
		char text[EXPLAIN_MAX];
		struct verdict verdict;

		story_enter(&s, 0);
		story_return(&s, 0.1, ENETUNREACH);
		cr_assert(story_judge(&s, 1, &verdict));
		cr_expect_str_eq(
			explain_hint(story_judgement(&s.attempt, &verdict), &cases[i].from, text),
			cases[i].hint);
	}
}
