/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether the running kernel can do what a scenario needs, found out by doing it. Usage: kernel_can
 * FEATURE; needs root.
 *
 * Exits 0 when it can, 1 when it cannot, 2 when neither is proven; stderr has the error.
 * tests/may_skip names the scenarios.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/inet_diag.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERRNOS_MAX    3
#define NARROW	      ".output/liars/narrow"
#define NARROW_STATUS 2	  /* how it ends without arguments */
#define EXEC_FAILED   100 /* and the errno */

enum outcome {
	CAN,
	CANNOT,
	UNKNOWN,
};

/* What it opens ends with this process. */
struct feature {
	const char *name;
	int (*try)(void); /* 0, or -errno of what failed */
	int lacking
		[ERRNOS_MAX]; /* these errnos mean that the kernel lacks it; any other proves nothing */
};

static int result_of(long result)
{
	return result < 0 ? -errno : 0;
}

/* A kernel that executes it may still refuse its system calls, which ends it by SIGSEGV. */
static int try_32_bit_programs(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl(NARROW, NARROW, (char *)NULL);
		_exit(EXEC_FAILED + errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSEGV ? -ENOSYS : -EINTR;
	if (WEXITSTATUS(status) > EXEC_FAILED)
		return EXEC_FAILED - WEXITSTATUS(status);
	return WEXITSTATUS(status) == NARROW_STATUS ? 0 : -EPROTO;
}

static int try_mptcp(void)
{
	return result_of(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP));
}

static int try_io_uring(void)
{
	struct io_uring_params params = {0};

	return result_of(syscall(SYS_io_uring_setup, 1, &params));
}

static int try_io_submit(void)
{
	aio_context_t context = 0;

	return result_of(syscall(SYS_io_setup, 1, &context));
}

static int try_pid_namespaces(void)
{
	return result_of(unshare(CLONE_NEWPID));
}

static int try_user_namespaces(void)
{
	return result_of(unshare(CLONE_NEWUSER));
}

static int load_cgroup_program(void)
{
	struct bpf_insn allow[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
		.expected_attach_type = BPF_CGROUP_INET4_CONNECT,
		.insns = (uintptr_t)allow,
		.insn_cnt = 2,
		.license = (uintptr_t) "GPL",
	};

	return result_of(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)));
}

static int try_cgroup_programs(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/mnt", "cgroup2", 0, NULL) < 0)
		return -errno;
	return load_cgroup_program();
}

static int listen_anywhere(in_port_t *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return -errno;
	*ret_port = address.sin_port;
	return 0;
}

/* A listener in a network namespace of its own is what is destroyed. */
static int try_socket_destruction(void)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header = {.nlmsg_len = sizeof(message),
			   .nlmsg_type = SOCK_DESTROY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.request = {.sdiag_family = AF_INET,
			    .sdiag_protocol = IPPROTO_TCP,
			    .idiag_states = ~0U,
			    .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer;
	int result = unshare(CLONE_NEWNET) < 0 ? -errno
					       : listen_anywhere(&message.request.id.idiag_sport);
	int fd = result < 0 ? -1 : socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);

	if (result < 0)
		return result;
	if (fd < 0 || send(fd, &message, sizeof(message), 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer))
		return -errno;
	return answer.error.error;
}

static const struct feature features[] = {
	{"32-bit-programs", try_32_bit_programs, {ENOEXEC, ENOSYS}},
	{"mptcp", try_mptcp, {EPROTONOSUPPORT, ENOPROTOOPT}},
	{"io-uring", try_io_uring, {ENOSYS, EPERM}},
	{"io-submit", try_io_submit, {ENOSYS}},
	{"socket-destruction", try_socket_destruction, {EOPNOTSUPP, ENOENT, EPROTONOSUPPORT}},
	{"cgroup-programs", try_cgroup_programs, {ENODEV, EINVAL}},
	{"pid-namespaces", try_pid_namespaces, {EINVAL}},
	{"user-namespaces", try_user_namespaces, {EINVAL, ENOSPC}},
};

static enum outcome judge(const struct feature *feature)
{
	int result = feature->try();

	if (result == 0)
		return CAN;
	fprintf(stderr, "kernel_can %s: %s\n", feature->name, strerror(-result));
	for (size_t i = 0; i < ERRNOS_MAX; i++) {
		if (feature->lacking[i] == -result)
			return CANNOT;
	}
	return UNKNOWN;
}

int main(int argc, char **argv)
{
	if (geteuid() != 0) {
		fputs("kernel_can: what only root may do can only be tried as root\n", stderr);
		return UNKNOWN;
	}
	for (size_t i = 0; argc == 2 && i < sizeof(features) / sizeof(features[0]); i++) {
		if (strcmp(features[i].name, argv[1]) == 0)
			return judge(&features[i]);
	}
	fprintf(stderr, "kernel_can: %s is none of the features that it knows\n",
		argc == 2 ? argv[1] : "that");
	return UNKNOWN;
}
