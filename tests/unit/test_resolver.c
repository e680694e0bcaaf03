/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names to addresses beside the main loop. No question asked here leaves the host. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/net/resolver.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATIENCE_MS  20000 /* a bound for a broken build, not an expectation */
/* A label has at most 63 characters (RFC 1035 section 2.3.4): refused before anybody is asked. */
#define LABEL_OF_64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static bool is_readable(const struct resolver *resolver, int wait_ms)
{
	struct pollfd poll_fd = {.fd = resolver_fd(resolver), .events = POLLIN};

	return poll(&poll_fd, 1, wait_ms) == 1;
}

static struct lookup_answer answer_wait(struct resolver *resolver)
{
	struct lookup_answer answer = {0};

	cr_assert(is_readable(resolver, PATIENCE_MS), "no answer came");
	cr_assert(resolver_take(resolver, &answer));
	return answer;
}

static struct lookup_answer ask(struct resolver *resolver, uint32_t id, const char *name,
				int family)
{
	cr_assert_eq(resolver_ask(resolver, id, name, family), 0, "%s", name);
	return answer_wait(resolver);
}

Test(resolver, literals_and_localhost_become_addresses)
{
	static const struct {
		const char *name;
		int family;
		const char *address;
		uint32_t scope;
	} rows[] = {
		{"192.0.2.1", AF_UNSPEC, "192.0.2.1", 0},
		{"192.0.2.1", AF_INET, "192.0.2.1", 0},
		{"2001:db8::1", AF_UNSPEC, "2001:db8::1", 0},
		{"2001:db8::1", AF_INET6, "2001:db8::1", 0},
		{"127.1", AF_INET, "127.0.0.1", 0},
		{"fe80::1%lo", AF_UNSPEC, "fe80::1", 1},
		{"localhost", AF_INET, "127.0.0.1", 0},
	};
	struct resolver *resolver = resolver_new();

	for (uint32_t i = 0; i < COUNT(rows); i++) {
		struct lookup_answer answer = ask(resolver, 100 + i, rows[i].name, rows[i].family);
		char text[ADDRESS_TEXT_MAX];

		cr_expect_eq(answer.id, 100 + i);
		cr_expect_eq(answer.result, 0, "%s: %s", rows[i].name, answer.failure);
		cr_expect_str_eq(answer.failure, "");
		cr_expect_eq(answer.count, 1, "%s: %u", rows[i].name,
			     answer.count); /* once, not once a socket type */
		cr_expect_eq(answer.total, 1);
		cr_expect_str_eq(address_format(&answer.addresses[0], text), rows[i].address);
		cr_expect_eq(answer.addresses[0].port, 0);
		cr_expect_eq(answer.addresses[0].scope, rows[i].scope);
	}
	resolver_free(resolver);
}

Test(resolver, a_failure_is_a_sentence_with_the_name)
{
	static const struct {
		const char *name;
		int family;
		const char *hint;
	} rows[] = {
		{LABEL_OF_64, AF_UNSPEC, "cannot resolve 'xxxxxxxx"},
		{"::1", AF_INET, "cannot resolve '::1': the name has no IPv4 address"},
		{"127.0.0.1", AF_INET6, "cannot resolve '127.0.0.1': the name has no IPv6 address"},
	};
	struct resolver *resolver = resolver_new();

	for (uint32_t i = 0; i < COUNT(rows); i++) {
		struct lookup_answer answer = ask(resolver, i, rows[i].name, rows[i].family);

		cr_expect_lt(answer.result, 0, "%s", rows[i].name);
		cr_expect_eq(answer.count, 0);
		cr_expect_eq(answer.total, 0);
		cr_expect_eq(strncmp(answer.failure, rows[i].hint, strlen(rows[i].hint)), 0, "%s",
			     answer.failure);
		cr_expect_lt(strlen(answer.failure), sizeof(answer.failure) - 1, "cut: %s",
			     answer.failure);
	}
	resolver_free(resolver);
}

Test(resolver, what_cannot_be_asked_is_refused_at_once)
{
	struct resolver *resolver = resolver_new();

	cr_expect_eq(resolver_ask(resolver, 1, "", AF_UNSPEC), -EINVAL);
	cr_expect_eq(resolver_ask(resolver, 1, "localhost", AF_UNIX), -EINVAL);
	cr_expect_eq(resolver_pending(resolver), 0);
	resolver_free(resolver);
}

Test(resolver, the_descriptor_is_readable_exactly_while_an_answer_waits)
{
	struct resolver *resolver = resolver_new();
	struct lookup_answer answer = {.id = 4711};

	cr_expect_not(is_readable(resolver, 0));
	cr_expect_not(resolver_take(resolver, &answer));
	cr_expect_eq(answer.id, 4711);
	for (int round = 0; round < 3; round++) {
		cr_assert_eq(resolver_ask(resolver, 1, "127.0.0.1", AF_UNSPEC), 0);
		cr_expect_eq(resolver_pending(resolver), 1);
		cr_assert(is_readable(resolver, PATIENCE_MS));
		cr_expect(is_readable(resolver, 0));
		cr_expect_eq(resolver_pending(resolver), 1);
		cr_expect(resolver_take(resolver, &answer));
		cr_expect_not(is_readable(resolver, 0));
		cr_expect_eq(resolver_pending(resolver), 0);
	}
	resolver_free(resolver);
}

Test(resolver, every_one_of_many_questions_is_answered_once)
{
	enum { QUESTIONS = 500 };
	struct resolver *resolver = resolver_new();
	uint32_t seen[QUESTIONS] = {0};

	for (uint32_t i = 0; i < QUESTIONS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "10.0.%u.%u", i / 256, i % 256);
		cr_assert_eq(resolver_ask(resolver, i, name, AF_INET), 0);
	}
	for (uint32_t i = 0; i < QUESTIONS; i++) {
		struct lookup_answer answer = answer_wait(resolver);

		cr_assert_lt(answer.id, QUESTIONS);
		seen[answer.id]++;
		cr_assert_eq(answer.result, 0);
		cr_expect_eq(answer.addresses[0].bytes[2] * 256u + answer.addresses[0].bytes[3],
			     answer.id);
	}
	for (uint32_t i = 0; i < QUESTIONS; i++)
		cr_expect_eq(seen[i], 1, "%u", i);
	cr_expect_eq(resolver_pending(resolver), 0);
	cr_expect_not(is_readable(resolver, 0));
	resolver_free(resolver);
}

/* How many threads the process has, and whether all but the first block the signal. */
static uint32_t threads_count(int signal_number, bool *ret_all_block)
{
	DIR *directory = opendir("/proc/self/task");
	uint32_t count = 0;

	*ret_all_block = true;
	for (struct dirent *entry; (entry = readdir(directory));) {
		char path[300], line[200];
		unsigned long long blocked;
		FILE *status;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", entry->d_name);
		status = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!status)
			continue;
		count++;
		while (fgets(line, sizeof(line), status)) {
			if (sscanf(line, "SigBlk: %llx", &blocked) == 1 &&
			    atoi(entry->d_name) != getpid() &&
			    !(blocked & (1ull << (signal_number - 1))))
				*ret_all_block = false;
		}
		fclose(status);
	}
	closedir(directory);
	return count;
}

Test(resolver, threads_are_few_and_block_all_signals)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGALRM, SIGCHLD, SIGWINCH};
	struct resolver *resolver = resolver_new();
	bool all_block;
	uint32_t before = threads_count(SIGINT, &all_block), now;
	sigset_t mask;

	for (uint32_t i = 0; i < 100; i++)
		cr_assert_eq(resolver_ask(resolver, i, "127.0.0.1", AF_UNSPEC), 0);
	/* A thread that has answered runs with its own mask, not with that of its creation. */
	for (uint32_t i = 0; i < 100; i++)
		answer_wait(resolver);
	for (size_t i = 0; i < COUNT(signals); i++) {
		now = threads_count(signals[i], &all_block);
		cr_expect(now > before && now <= before + RESOLVER_MAX_THREADS,
			  "%u threads, %u before", now, before);
		cr_expect(all_block, "signal %d", signals[i]);
	}
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	cr_expect_not(sigismember(&mask, SIGINT), "the asking thread's own mask came back");
	resolver_free(resolver);
}

Test(resolver, one_question_at_a_time_needs_one_thread)
{
	struct resolver *resolver = resolver_new();
	bool all_block;
	uint32_t before = threads_count(SIGINT, &all_block);

	for (uint32_t i = 0; i < 20; i++)
		ask(resolver, i, "127.0.0.1", AF_UNSPEC);
	cr_expect_eq(threads_count(SIGINT, &all_block), before + 1);
	resolver_free(resolver);
}

Test(resolver, freeing_in_the_middle_waits_for_nobody_and_leaves_no_descriptor)
{
	int first_fd = dup(0);

	close(first_fd);
	for (int round = 0; round < 50; round++) {
		struct resolver *resolver = resolver_new();

		for (uint32_t i = 0; i < 30; i++)
			cr_assert_eq(resolver_ask(resolver, i, "127.0.0.1", AF_UNSPEC), 0);
		if (round % 2)
			answer_wait(resolver);
		resolver_free(resolver);
	}
	resolver_free(NULL);
	struct resolver *resolver = resolver_new();
	cr_expect_leq(resolver_fd(resolver), first_fd + 8, "%d, before %d", resolver_fd(resolver),
		      first_fd);
	resolver_free(resolver);
}
