/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A scan's targets: each of them once, in whatever order and for however many threads. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/target_file_fixture.h"
#include "user/app/options/options_parse.h"
#include "user/app/targets/hosts_open.h"
#include "user/app/targets/source.h"

#define ARGUMENTS_MAX 12
#define TARGETS_MAX   8192
#define THREADS	      4
/* Too long for the name service to ask anybody. */
#define NO_NAME "x234567890123456789012345678901234567890123456789012345678901234.test"

TestSuite(target_source, .timeout = 30);

struct run {
	struct options options;
	struct hosts hosts;
	struct target_source source;
};

static void begin(struct run *run, const char *const *arguments)
{
	char program[] = "ktcping", *argv[ARGUMENTS_MAX + 2] = {program};
	struct error error;
	int argc = 1;

	for (; *arguments; arguments++)
		argv[argc++] = (char *)*arguments;
	options_parse(COMMAND_PROBE, argc, argv, &run->options);
	cr_assert_eq(hosts_open(&run->hosts, &run->options, &error), 0, "%s", error.text);
	cr_assert_eq(hosts_start(&run->hosts), 0);
	target_source_init(&run->source, &run->hosts, &run->options);
	run->source.is_shared = true;
}

#define begin_with(run, ...) begin(run, (const char *const[]){__VA_ARGS__, NULL})

static void end(struct run *run)
{
	target_source_release(&run->source);
	hosts_release(&run->hosts);
	options_release(&run->options);
}

/* "[2001:db8::1]:80", "name:80?" without an address, "192.0.2.1:80@1" from the second place on. */
static char *describe(const struct source_target *target)
{
	char text[512], label[TARGET_LABEL_MAX], address[ADDRESS_TEXT_MAX], place[16] = "";
	bool is_set = address_is_set(&target->address);

	if (target->origin)
		snprintf(place, sizeof(place), "@%u", target->origin);
	cr_expect(!is_set || target->address.port == target->port);
	snprintf(text, sizeof(text), "%s%s%s",
		 target_label(is_set ? address_format(&target->address, address)
				     : target->host->host.name,
			      target->port, label),
		 is_set ? "" : "?", place);
	return strdup(text);
}

/* As many at a time, waiting for names. Returns how many there are. */
static size_t take_all(struct run *run, size_t at_a_time, char **texts)
{
	struct source_target targets[64];
	size_t total = 0;

	while (!target_source_is_exhausted(&run->source)) {
		size_t count = target_source_take(&run->source, targets, at_a_time);

		for (size_t i = 0; i < count; i++) {
			cr_assert_lt(total, TARGETS_MAX);
			texts[total++] = describe(&targets[i]);
			target_source_put(&run->source, targets[i].host);
		}
		if (count == 0)
			nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	cr_expect(target_source_has_given_all(&run->source));
	cr_expect_eq(target_source_take(&run->source, targets, 1), 0);
	cr_expect_eq(run->source.taken, total);
	return total;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
}

static void expect_targets(const char *const *arguments, const char *const *expected,
			   size_t expected_count)
{
	static char *texts[TARGETS_MAX];

	for (size_t at_a_time = 1; at_a_time <= 64; at_a_time += 21) {
		struct run run;
		size_t count;

		begin(&run, arguments);
		count = take_all(&run, at_a_time, texts);
		cr_expect_eq(count, expected_count, "%zu targets, not %zu", count, expected_count);
		for (size_t i = 0; i < count && i < expected_count; i++)
			cr_expect_str_eq(texts[i], expected[i]);
		free_texts(texts, count);
		end(&run);
	}
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define expect_in_order(arguments, ...)                                                            \
	expect_targets(arguments, (const char *const[]){__VA_ARGS__},                              \
		       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

Test(target_source, hosts_and_networks_with_their_ports_in_order)
{
	expect_in_order(LIST("-p", "443,22-23", "192.0.2.1", "198.51.100.6/31"), "192.0.2.1:443",
			"192.0.2.1:22", "192.0.2.1:23", "198.51.100.6:443", "198.51.100.6:22",
			"198.51.100.6:23", "198.51.100.7:443", "198.51.100.7:22",
			"198.51.100.7:23");
	expect_in_order(LIST("192.0.2.1:80", "[2001:db8::1]:443"), "192.0.2.1:80",
			"[2001:db8::1]:443");
	expect_in_order(LIST("192.0.2.9/32"), "192.0.2.9:80");
}

Test(target_source, networks_of_both_families_count_through_their_last_bits)
{
	expect_in_order(LIST("-p", "80", "2001:db8::fffe/126", "192.0.2.255/30"),
			"[2001:db8::fffc]:80", "[2001:db8::fffd]:80", "[2001:db8::fffe]:80",
			"[2001:db8::ffff]:80", "192.0.2.252:80", "192.0.2.253:80", "192.0.2.254:80",
			"192.0.2.255:80");
}

Test(target_source, each_from_every_place)
{
	expect_in_order(LIST("-N", "blue", "-N", "green", "-p", "1-2", "192.0.2.1", "192.0.2.2"),
			"192.0.2.1:1", "192.0.2.1:1@1", "192.0.2.1:2", "192.0.2.1:2@1",
			"192.0.2.2:1", "192.0.2.2:1@1", "192.0.2.2:2", "192.0.2.2:2@1");
}

/* It comes when it is known to have none: after the others. */
Test(target_source, a_host_without_an_address_is_told_of_on_each_of_its_ports)
{
	expect_in_order(LIST("-p", "1-2", NO_NAME, "192.0.2.1"), "192.0.2.1:1", "192.0.2.1:2",
			NO_NAME ":1?", NO_NAME ":2?");
}

/* Sorted they are the same; as they come they are not. */
static void expect_shuffled(const char *const *arguments, size_t expected_count)
{
	static char *sorted[TARGETS_MAX], *shuffled[TARGETS_MAX], *as_it_came[TARGETS_MAX];
	const char *with_shuffle[ARGUMENTS_MAX] = {"--shuffle"};
	size_t count, same = 0;
	struct run run;

	for (size_t i = 0; arguments[i]; i++)
		with_shuffle[i + 1] = arguments[i];
	begin(&run, arguments);
	cr_assert_eq(take_all(&run, 64, sorted), expected_count);
	end(&run);
	begin(&run, with_shuffle);
	count = take_all(&run, 7, shuffled);
	end(&run);
	cr_assert_eq(count, expected_count);
	for (size_t i = 0; i < count; i++)
		same += !strcmp(sorted[i], shuffled[i]);
	cr_expect_lt(same, count / 4, "%zu of %zu stayed where they were", same, count);
	memcpy(as_it_came, shuffled, sizeof(as_it_came));
	qsort(sorted, count, sizeof(*sorted), compare_texts);
	qsort(shuffled, count, sizeof(*shuffled), compare_texts);
	for (size_t i = 0; i < count; i++)
		cr_assert_str_eq(sorted[i], shuffled[i]);
	free_texts(sorted, count);
	free_texts(as_it_came, count);
}

Test(target_source, shuffled_each_target_once)
{
	expect_shuffled(LIST("-p", "1-1000", "192.0.2.1"), 1000);
	expect_shuffled(LIST("-p", "1-5,80", "192.0.2.0/25", "2001:db8::/122", "198.51.100.7"),
			6 * (128 + 64 + 1));
	expect_shuffled(LIST("-N", "blue", "-N", "green", "-N", "red", "192.0.2.0/24"), 3 * 256);
}

/* More hosts than are open at a time. */
Test(target_source, shuffled_a_long_file_has_each_line_once)
{
	struct place place = place_make();
	FILE *file = fopen(place.path, "w");

	for (unsigned i = 0; i < 3 * SOURCE_BLOCKS_MAX; i++)
		fprintf(file, "192.0.%u.%u:%u\n", i / 256, i % 256, i % 7 + 1);
	fclose(file);
	expect_shuffled(LIST("-f", place.path, "198.51.100.1:80"), 3 * SOURCE_BLOCKS_MAX + 1);
	unlink(place.path);
	place_remove(&place);
}

struct taker {
	struct target_source *source;
	uint8_t *seen;
	size_t count;
};

static void *take_in_thread(void *context)
{
	struct taker *taker = context;
	struct source_target targets[64];
	size_t count;

	while ((count = target_source_take(taker->source, targets, 1 + taker->count % 64))) {
		for (size_t i = 0; i < count; i++) {
			size_t number = (size_t)targets[i].address.bytes[2] << 8 |
					targets[i].address.bytes[3];

			__atomic_add_fetch(&taker->seen[3 * number + targets[i].port - 1], 1,
					   __ATOMIC_RELAXED);
			target_source_put(taker->source, targets[i].host);
		}
		taker->count += count;
	}
	return NULL;
}

static void expect_once_from_threads(const char *const *arguments, size_t total)
{
	struct taker takers[THREADS];
	pthread_t threads[THREADS];
	uint8_t *seen = calloc(total, 1);
	struct run run;
	size_t count = 0;

	begin(&run, arguments);
	for (int i = 0; i < THREADS; i++) {
		takers[i] = (struct taker){&run.source, seen, 0};
		cr_assert_eq(pthread_create(&threads[i], NULL, take_in_thread, &takers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		count += takers[i].count;
	}
	cr_expect_eq(count, total);
	for (size_t i = 0; i < total; i++)
		cr_assert_eq(seen[i], 1, "target %zu: %u times", i, seen[i]);
	free(seen);
	end(&run);
}

Test(target_source, several_threads_share_them)
{
	expect_once_from_threads(LIST("--yes", "-p", "1-3", "10.0.0.0/17", "10.0.128.0/17"),
				 3 * 65536);
	expect_once_from_threads(
		LIST("--yes", "--shuffle", "-p", "1-3", "10.0.0.0/17", "10.0.128.0/17"), 3 * 65536);
}

Test(target_source, ended_it_gives_nothing_out_and_knows_that_it_has_not_given_all)
{
	struct source_target targets[8];
	struct run run;

	begin_with(&run, "192.0.2.0/24");
	cr_assert_eq(target_source_take(&run.source, targets, 8), 8);
	cr_expect_not(target_source_is_exhausted(&run.source));
	target_source_end(&run.source);
	cr_expect(target_source_is_exhausted(&run.source));
	cr_expect_not(target_source_has_given_all(&run.source));
	cr_expect_eq(target_source_take(&run.source, targets + 1, 1), 0);
	for (size_t i = 0; i < 8; i++)
		target_source_put(&run.source, targets[0].host);
	end(&run);
}

/* No list of them is made: the largest that there are take no memory, and no time. */
Test(target_source, the_largest_networks_are_counted_and_shuffled)
{
	struct source_target target;
	struct run run;

	begin_with(&run, "--yes", "--shuffle", "-p", "1-65535", "0.0.0.0/0", "2001:db8::/96");
	cr_expect_eq(run.hosts.target_count, 2 * 65535ull << 32);
	for (int i = 0; i < 1000; i++) {
		cr_assert_eq(target_source_take(&run.source, &target, 1), 1);
		target_source_put(&run.source, target.host);
	}
	end(&run);
}
