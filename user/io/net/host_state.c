// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A few small files of /proc, and one question to xfrm. */
#include "user/io/net/host_state.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Of this very thread: /proc/net is the process's. */
#define NET "/proc/thread-self/net/"

static uint32_t read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned number = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%u", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static bool has_line(const char *path)
{
	FILE *file = fopen(path, "re");
	bool has = file && fgetc(file) != EOF;

	if (file)
		fclose(file);
	return has;
}

static int attribute_take(const struct nlattr *attribute, void *data)
{
	struct host_event *host = data;
	const struct xfrmu_spdinfo *info = mnl_attr_get_payload(attribute);

	if (mnl_attr_get_type(attribute) != XFRMA_SPD_INFO ||
	    mnl_attr_get_payload_len(attribute) < sizeof(*info))
		return MNL_CB_OK;
	host->policies_out = (uint16_t)(info->outcnt < UINT16_MAX ? info->outcnt : UINT16_MAX);
	host->policies_in = (uint16_t)(info->incnt < UINT16_MAX ? info->incnt : UINT16_MAX);
	return MNL_CB_OK;
}

static int policies_take(const struct nlmsghdr *message, void *data)
{
	return mnl_attr_parse(message, sizeof(uint32_t), attribute_take, data);
}

static void read_policies(struct host_event *host)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_XFRM, SOCK_CLOEXEC);
	_Alignas(struct nlmsghdr) char buffer[1024];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	ssize_t bytes;

	if (!socket)
		return;
	request->nlmsg_type = XFRM_MSG_GETSPDINFO;
	request->nlmsg_flags = NLM_F_REQUEST;
	*(uint32_t *)mnl_nlmsg_put_extra_header(request, sizeof(uint32_t)) = UINT32_MAX;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    mnl_socket_sendto(socket, request, request->nlmsg_len) >= 0) {
		bytes = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (bytes > 0)
			mnl_cb_run(buffer, (size_t)bytes, 0, mnl_socket_get_portid(socket),
				   policies_take, host);
	}
	mnl_socket_close(socket);
}

/* "TCP  0A600001:0050 rr", or "TCP  [fd00…:0001]:0050 rr". */
static bool parse_service(const char *line, struct address *ret_address)
{
	char text[64], protocol[8];
	uint8_t bytes[4];
	unsigned port;

	if (sscanf(line, "%7s [%63[^]]]:%x", protocol, text, &port) == 3) {
		if (address_parse(text, ret_address) < 0)
			return false;
	} else if (sscanf(line, "%7s %2hhx%2hhx%2hhx%2hhx:%x", protocol, &bytes[0], &bytes[1],
			  &bytes[2], &bytes[3], &port) == 6) {
		*ret_address = address_make(AF_INET, bytes, 0);
	} else {
		return false;
	}
	ret_address->port = (uint16_t)port;
	return !strcmp(protocol, "TCP");
}

/* Below a service its real servers, each with an arrow. */
static void read_services(const struct address *destination, struct host_event *host)
{
	FILE *file = fopen(NET "ip_vs", "re");
	struct address service;
	bool is_ours = false;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "  ->", 4)) {
			host->real_servers += is_ours;
			continue;
		}
		is_ours = parse_service(line, &service) && address_equal(&service, destination);
		host->is_virtual_service |= is_ours;
	}
	if (file)
		fclose(file);
}

void host_state_read(const struct address *destination, struct host_event *ret_host)
{
	*ret_host = (struct host_event){
		.tracked = read_number("/proc/sys/net/netfilter/nf_conntrack_count"),
		.tracked_max = read_number("/proc/sys/net/netfilter/nf_conntrack_max"),
		.has_legacy_rules =
			has_line(destination->family == AF_INET ? NET "ip_tables_names"
								: NET "ip6_tables_names"),
	};
	read_policies(ret_host);
	read_services(destination, ret_host);
}
