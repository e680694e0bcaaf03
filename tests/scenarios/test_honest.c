/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watch accuses no honest program: what real clients do with ports that are open, closed, silent,
 * and refused by a router.
 *
 * KTCPING_CONNECTS is how many connects each client makes in each family.
 */
#include <errno.h>
#include <stdlib.h>

#include "tests/scenarios/watch.h"

#define DEFAULT_CONNECTS 40
#define TARGETS		 4
#define PORTS		 "7000 7001 7002 7003"
#define LONG_TIMEOUT_MS	 600000
#define TOLD_MAX	 5
#define TRIES		 3

/*
 * What runs: $1 rounds to each of the ports, at host $2, which is $3 in a URL; $4 is our own epoll
 * client, $5 what nmap wants for IPv6. Of a client that makes one connect a run, 64 run at once.
 */
#define ONE(command)                                                                               \
	"rounds=$1 host=$2 url=$3 six=$5 i=0; while [ $i -lt $rounds ]; do for port in " PORTS     \
	"; do " command " & done; i=$((i + 1)); "                                                  \
	"[ $((i % 16)) = 0 ] && wait; done >/dev/null 2>&1; wait; exit 0"
#define ALL(command) "rounds=$1 host=$2 epoll=$4 ports='" PORTS "'; " command

struct tally {
	unsigned long connects, accused, wrong, incomplete;
};

static unsigned long connects_wanted(void)
{
	const char *text = getenv("KTCPING_CONNECTS");
	char *end;
	unsigned long number;

	if (!text || !*text)
		return DEFAULT_CONNECTS;
	errno = 0;
	number = strtoul(text, &end, 0);
	cr_assert(!errno && !*end && number, "KTCPING_CONNECTS is %s, which is no number", text);
	return number;
}

/*
 * The router refuses port 7003; nobody listens at 7001; the server's firewall drops what is for
 * 7002.
 */
static struct lab *lab_with_ports(int family)
{
	struct lab *lab = scenario_lab();
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, 7000, 1024, LISTENER_CLOSES, &error), 0,
		     "%s", error.text);
	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7002 drop");
	scenario_chain(lab, LAB_ROUTER, "forward",
		       "tcp dport 7003 reject with icmpx admin-prohibited");
	/* Or most of them would never be sent. */
	scenario_sysctl(lab, LAB_ROUTER, "net/ipv4/icmp_ratelimit", "0");
	scenario_sysctl(lab, LAB_ROUTER, "net/ipv6/icmp/ratelimit", "0");
	return lab;
}

/*
 * What each port is. A client whose patience is over before the second SYN leaves the silent one
 * unjudged.
 */
static bool is_right(const json_t *record)
{
	switch (json_integer_value(field(record, "port"))) {
	case 7000:
		return field_is_text(record, "reason", "syn-ack");
	case 7001:
		return field_is_text(record, "reason", "reset");
	case 7002:
		return field_is_text(record, "reason", "no-reply") ||
		       field_is_text(record, "reason", "closed-early");
	case 7003:
		return field_is_text(record, "reason", "icmp-admin-prohibited");
	}
	return false;
}

static void judge(const json_t *record, struct tally *tally)
{
	bool accused = is_accused(record),
	     wrong = !is_right(record) && !field_is_text(record, "status", "incomplete");

	tally->connects++;
	tally->accused += accused;
	tally->wrong += wrong;
	tally->incomplete += !json_is_true(field(record, "complete"));
	if ((accused || wrong) && tally->accused + tally->wrong <= TOLD_MAX)
		fprintf(stderr, "%s\n", record_text(record));
}

static struct watched run(struct lab *lab, int family, const char *script, unsigned long rounds)
{
	const char *server = places_of(family)->server;
	char url[64];
	struct watching watching;

	snprintf(url, sizeof(url), family == AF_INET ? "%s" : "[%s]", server);
	watching = watch_start(lab, "--children", "--", "sh", "-c", script, "sh",
			       port_text((unsigned)rounds), server, url, liar("epoll-client"),
			       family == AF_INET ? "" : "-6");
	return watch_finish_within(&watching, LONG_TIMEOUT_MS);
}

static void expect_nobody_accused(const char *name, const char *program, int family,
				  const char *script)
{
	unsigned long connects = connects_wanted(), rounds = (connects + TARGETS - 1) / TARGETS;
	struct tally tally = {0};
	struct watched watched;
	json_t *line;
	size_t i;

	need_program(program);
	/*
	 * An incomplete one proves nothing, neither here nor there: a few are allowed, and with
	 * more it is asked again.
	 */
	for (int tries = 0; tries < TRIES && (!tries || tally.incomplete * 4 >= tally.connects);
	     tries++) {
		tally = (struct tally){0};
		watched = run(lab_with_ports(family), family, script, rounds);
		json_array_foreach(watch_connects(&watched), i, line) judge(line, &tally);
		if (tally.accused || tally.wrong)
			break;
	}
	if (connects > DEFAULT_CONNECTS)
		fprintf(stderr, "%s, IPv%d: %lu connects, %lu accused, %lu wrong, %lu incomplete\n",
			name, family == AF_INET ? 4 : 6, tally.connects, tally.accused, tally.wrong,
			tally.incomplete);
	cr_assert_eq(watched.status, 0, "%s", watched.said);
	cr_assert_geq(tally.connects, rounds * TARGETS, "%lu connects are not all; it said: %s",
		      tally.connects, watched.said);
	cr_assert_eq(tally.accused, 0, "%lu of %lu connects are accused; see above", tally.accused,
		     tally.connects);
	cr_assert_eq(tally.wrong, 0, "%lu of %lu verdicts are wrong; see above", tally.wrong,
		     tally.connects);
	cr_assert_lt(tally.incomplete * 4, tally.connects, "%lu of %lu verdicts are incomplete",
		     tally.incomplete, tally.connects);
}

#define CLIENT(name, program, script)                                                              \
	BOTH_FAMILIES(honest, name)                                                                \
	{                                                                                          \
		expect_nobody_accused(#name, program, family, script);                             \
	}

CLIENT(curl, "curl", ONE("curl -s -o /dev/null --connect-timeout 1.2 -m 3 http://$url:$port/"))
CLIENT(ncat, "ncat", ONE("ncat -n -z -w 1200ms $host $port"))
CLIENT(netcat, "nc.openbsd", ONE("nc.openbsd -n -z -w 1 $host $port"))
CLIENT(ssh, "ssh",
       ONE("ssh -F none -o BatchMode=yes -o ConnectTimeout=1 -o StrictHostKeyChecking=no -p $port "
	   "$host true"))
CLIENT(bash, "bash", ONE("timeout 5 bash -c \"exec 3<>/dev/tcp/$host/$port\""))
CLIENT(python_blocking, "python3",
       ALL("python3 tests/scenarios/clients/connects.py blocking $rounds $host $ports"))
CLIENT(python_timeout, "python3",
       ALL("python3 tests/scenarios/clients/connects.py timeout $rounds $host $ports"))
CLIENT(python_nonblocking, "python3",
       ALL("python3 tests/scenarios/clients/connects.py nonblocking $rounds $host $ports"))
CLIENT(python_asyncio, "python3",
       ALL("python3 tests/scenarios/clients/connects.py asyncio $rounds $host $ports"))
CLIENT(java_socket, "java",
       ALL("java tests/scenarios/clients/Connects.java socket $rounds $host $ports"))
CLIENT(java_channel, "java",
       ALL("java tests/scenarios/clients/Connects.java channel $rounds $host $ports"))
CLIENT(go, ".output/liars/connects-go", ALL(".output/liars/connects-go $rounds $host $ports"))
CLIENT(node, "node", ALL("node tests/scenarios/clients/connects.js $rounds $host $ports"))
CLIENT(nmap, "nmap", ONE("nmap $six -n -Pn -sT --max-retries 0 -p $port $host"))
CLIENT(epoll, "sh", ALL("$epoll $rounds $host $ports"))
