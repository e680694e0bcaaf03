/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Places: the lab's client, for a thread that is somewhere else. What their sockets are like, and
 * what is said when there can be none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scenarios/origin_fixture.h"
#include "user/io/net/origin_check.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define PORT		4000

static ino_t own_namespace(void)
{
	struct stat status;

	cr_assert_eq(stat("/proc/thread-self/ns/net", &status), 0);
	return status.st_ino;
}

/* SO_NETNS_COOKIE is too new for some kernels; what a socket can be bound to tells as well. */
static bool is_clients(int fd)
{
	struct sockaddr_in client = {.sin_family = AF_INET};

	inet_pton(AF_INET, LAB_CLIENT4, &client.sin_addr);
	return bind(fd, (struct sockaddr *)&client, sizeof(client)) == 0;
}

Test(origin, sockets_are_made_inside_and_the_thread_is_back)
{
	struct source source = any_source();
	struct lab *lab = scenario_lab();
	ino_t own = own_namespace();
	char name[PATH_MAX];
	struct origin *inside = client_origin(lab, &source, name),
		      *outside = origin_new(NULL, &source, NULL);
	int fd = origin_socket(inside, AF_INET), other_fd = origin_socket(outside, AF_INET);

	cr_assert_geq(fd, 0);
	cr_assert_geq(other_fd, 0);
	cr_expect(is_clients(fd));
	cr_expect_not(is_clients(other_fd));
	cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	cr_expect(fcntl(fd, F_GETFL) & O_NONBLOCK);
	cr_expect_eq(own_namespace(), own);
	cr_expect_str_eq(origin_name(inside), name);
	cr_expect_null(origin_name(outside));
	cr_expect_gt(origin_ifindex(inside, "tun0"), 0);
	cr_expect_eq(origin_ifindex(inside, "tun1"), 0);
	origin_free(inside);
	origin_free(outside);
	origin_free(NULL);
}

Test(origin, a_namespace_is_found_by_name_and_path_and_lives_on_without_either)
{
	struct source source = any_source();
	struct lab *lab = scenario_lab();
	char process[64], file[96], name[64];
	struct origin *by_path, *by_name;
	struct error error;

	/* A /run of our own: what is mounted there is gone with this process. */
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	cr_assert_eq(mount("none", "/run", "tmpfs", 0, NULL), 0);
	cr_assert_eq(mkdir("/run/netns", 0755), 0);
	/* A name may look like a PID, and comes first. */
	sprintf(process, "/proc/%d/ns/net", lab->hosts[LAB_CLIENT].holder);
	sprintf(name, "%d", lab->hosts[LAB_SERVER].holder);
	sprintf(file, "/run/netns/%s", name);
	close(open(file, O_CREAT | O_RDONLY, 0600));
	cr_assert_eq(mount(process, file, NULL, MS_BIND, NULL), 0);

	by_path = origin_new(process, &source, &error);
	cr_assert(by_path, "%s", error.text);
	by_name = origin_new(name, &source, &error);
	cr_assert(by_name, "%s", error.text);
	cr_assert_eq(umount2(file, MNT_DETACH), 0);
	cr_assert_eq(unlink(file), 0);
	cr_expect(is_clients(origin_socket(by_path, AF_INET)));
	cr_expect(is_clients(origin_socket(by_name, AF_INET)));
	origin_free(by_path);
	origin_free(by_name);
}

Test(origin, what_is_no_network_namespace_is_refused_with_what_it_is)
{
	static const struct {
		const char *name, *says;
		int error;
	} cases[] = {
		{"no-such-name", "there is no network namespace of that name; ip netns list",
		 ENOENT},
		{"4194305", "nor a process with that PID", ENOENT}, /* beyond the largest */
		{"99999999999999999999", "nor a process with that PID", ENOENT},
		{"", "an empty name", EINVAL},
		{"/nowhere/at/all", "No such file or directory", ENOENT},
		{"/proc/self/ns/mnt", "is no network namespace, but a mount namespace", EINVAL},
		{"/proc/self/ns/uts", "is no network namespace, but a UTS namespace", EINVAL},
		{"/proc/self/", "is no network namespace, but a directory", EINVAL},
		{"/dev/null", "is no network namespace, but a special file", EINVAL},
		{"/etc/passwd", "is no network namespace, but an ordinary file; ip netns list",
		 EINVAL},
	};
	struct source source = any_source();

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char begin[64];
		struct error error = {""};

		cr_expect_null(origin_new(cases[i].name, &source, &error));
		cr_expect_eq(errno, cases[i].error, "%s: %s", cases[i].name, strerror(errno));
		snprintf(begin, sizeof(begin), "-N %s: ", cases[i].name);
		cr_expect(strncmp(error.text, begin, strlen(begin)) == 0 &&
				  strstr(error.text, cases[i].says),
			  "%s", error.text);
	}
}

Test(origin, without_privilege_the_capability_is_named)
{
	struct source source = any_source();
	struct lab *lab = scenario_lab();
	struct error error = {""};
	char path[64];

	/* The descriptor's own link: /proc/PID/ns of a root process may not even be looked at. */
	sprintf(path, "/proc/thread-self/fd/%d", lab->hosts[LAB_CLIENT].netns_fd);
	cr_assert_eq(seteuid(65534), 0);
	cr_expect_null(origin_new(path, &source, &error));
	cr_expect_eq(errno, EPERM);
	cr_expect(strstr(error.text, "CAP_SYS_ADMIN"), "%s", error.text);
	origin_free(origin_new("/proc/thread-self/ns/net", &source, &error)); /* nothing to enter */
	cr_assert_eq(seteuid(0), 0);
}

static int number_option(int fd, int level, int option)
{
	int number = -1;
	socklen_t length = sizeof(number);

	cr_assert_eq(getsockopt(fd, level, option, &number, &length), 0);
	return number;
}

BOTH_FAMILIES(origin, sockets_are_as_the_source_asks)
{
	struct source source = {
		.device = "eth0", .has_mark = true, .mark = 0xfffffffe, .tos = 0xb8};
	struct lab *lab = scenario_lab();
	char name[64], device[IF_NAMESIZE] = "";
	struct origin *origin = client_origin(lab, &source, name);
	int fd = origin_socket(origin, family);
	socklen_t length = sizeof(device);

	cr_assert_geq(fd, 0, "%s", strerror(-fd));
	cr_assert_eq(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &length), 0);
	cr_expect_str_eq(device, "eth0");
	cr_expect_eq((uint32_t)number_option(fd, SOL_SOCKET, SO_MARK), 0xfffffffe);
	cr_expect_eq(origin_set_ttl(fd, family, 3), 0);
	if (family == AF_INET) {
		cr_expect_eq(number_option(fd, IPPROTO_IP, IP_TOS), 0xb8);
		cr_expect_eq(number_option(fd, IPPROTO_IP, IP_TTL), 3);
	} else {
		cr_expect_eq(number_option(fd, IPPROTO_IPV6, IPV6_TCLASS), 0xb8);
		cr_expect_eq(number_option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 3);
	}
	origin_free(origin);
}

Test(origin, a_check_says_which_option_cannot_be_had_and_where)
{
	struct source none = any_source(), device = any_source(), long_device = any_source(),
		      v4 = any_source(), v6 = any_source(), link_local = any_source(),
		      scoped = any_source(), other = any_source(), taken = any_source(),
		      good = any_source();
	const struct {
		struct source *source;
		int family, result;
		const char *begin,
			/*
			 * what the sentence begins with, and what it ends with but for the
			 * namespace
			 */
			*end;
	} cases[] = {
		{&none, AF_INET, 0, "", ""},
		{&none, AF_INET6, 0, "", ""},
		{&device, AF_INET, -ENODEV,
		 "-I eth9: there is no such device in the network namespace ", " ip -brief link"},
		{&long_device, AF_INET, -ENODEV,
		 "-I eth0_and_very_much_more: there is no such device", " ip -brief link"},
		{&v4, AF_INET, -EADDRNOTAVAIL,
		 "-S 10.99.0.1: there is no such address in the network namespace ",
		 " ip -brief address"},
		{&v4, AF_INET6, 0, "", ""},
		{&v6, AF_INET6, -EADDRNOTAVAIL, "-S fd00:99::1: there is no such address ",
		 " ip -brief address"},
		{&link_local, AF_INET6, -EINVAL,
		 "-S fe80::1: a link-local address needs its device", " -I DEVICE"},
		{&scoped, AF_INET6, 0, "", ""},
		{&other, AF_INET6, -EADDRNOTAVAIL,
		 "-S fe80::1: this address is still being checked for duplicates, or of another "
		 "device or VRF than lo",
		 " ip -brief address"},
		{&taken, AF_INET, 0, "", ""},
		{&good, AF_INET, 0, "", ""},
		{&good, AF_INET6, 0, "", ""},
	};
	struct lab *lab = scenario_lab();

	scenario_ip(lab, LAB_CLIENT, "address add fe80::1/64 dev eth0 nodad\n");
	scenario_listen(lab, LAB_CLIENT, AF_INET, PORT);
	device.device = "eth9";
	long_device.device = "eth0_and_very_much_more";
	v4.v4 = address_of("10.99.0.1", 0);
	v6.v6 = address_of("fd00:99::1", 0);
	link_local.v6 = scoped.v6 = other.v6 = address_of("fe80::1", 0);
	other.device = "lo";
	scoped.device = good.device = "eth0";
	taken.first_port = taken.last_port = PORT;
	good.v4 = address_of(LAB_CLIENT4, 0);
	good.v6 = address_of(LAB_CLIENT6, 0);
	good.first_port = 1;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char name[64];
		struct origin *origin = client_origin(lab, cases[i].source, name);
		struct error error = {""};
		size_t length, end = strlen(cases[i].end);

		cr_expect_eq(origin_check(origin, cases[i].family, &error), cases[i].result,
			     "%zu: %s", i, error.text);
		length = strlen(error.text);
		cr_expect(strncmp(error.text, cases[i].begin, strlen(cases[i].begin)) == 0, "%s",
			  error.text);
		cr_expect(length >= end && strcmp(error.text + length - end, cases[i].end) == 0,
			  "%s", error.text);
		origin_free(origin);
	}
}

Test(origin, routes_are_those_of_its_sockets)
{
	struct source plain = any_source(), marked = any_source(), by_tun = any_source(),
		      gone = any_source(), classed = any_source();
	struct lab *lab = scenario_lab();
	const struct {
		struct source *source;
		const char *destination;
		enum route_kind kind;
		const char *device;
	} cases[] = {
		{&plain, LAB_SERVER4, ROUTE_UNICAST, "eth0"},
		{&plain, LAB_SERVER6, ROUTE_UNICAST, "eth0"},
		{&plain, LAB_PEER4, ROUTE_UNICAST, "tun0"},
		{&plain, LAB_CLIENT4, ROUTE_LOCAL, "lo"},
		{&plain, LAB_UNROUTED4, ROUTE_NONE, ""},
		{&marked, LAB_SERVER4, ROUTE_PROHIBIT, ""},
		{&by_tun, LAB_UNROUTED4, ROUTE_UNICAST, "tun0"},
		{&gone, LAB_SERVER4, ROUTE_NO_DEVICE, ""},
		{&classed, LAB_SERVER4, ROUTE_BLACKHOLE, ""},
	};

	scenario_ip(lab, LAB_CLIENT, "rule add fwmark 7 prohibit\nrule add tos 0x10 blackhole\n");
	marked.has_mark = true;
	marked.mark = 7;
	by_tun.device = "tun0";
	gone.device = "tun9";
	classed.tos = 0x13;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct address destination = address_of(cases[i].destination, 80), source;
		struct route_event route;
		char name[64];
		struct origin *origin = client_origin(lab, cases[i].source, name);

		cr_assert_eq(origin_route(origin, &destination, &route, &source), 0, "%zu", i);
		cr_expect_eq(route.kind, cases[i].kind, "%zu: %s", i, route_kind_name(route.kind));
		cr_expect_str_eq(route.device, cases[i].device, "%zu: %s", i, route.device);
		origin_free(origin);
	}
}
