// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a scan shows: verdicts as they fall, how far it is, and what it came to. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/run/report.h"
#include "user/app/run/scan_parts.h"
#include "user/app/terminal.h"
#include "user/app/xalloc.h"
#include "user/io/clock.h"

#define FLUSH_NS       (10 * MILLISECOND_NS) /* a line waits no longer for others to be written with it */
#define FLUSH_BYTES    65536
#define PROGRESS_NS    (250 * MILLISECOND_NS)
#define PROGRESS_AFTER SECOND_NS

/* How a target is called, and what a report says of it; all of it lives as long as this. */
struct target_text {
	struct target_report report;
	char name[ADDRESS_TEXT_MAX];
	char label[TARGET_LABEL_MAX];
	char title[TARGET_LABEL_MAX + ADDRESS_TEXT_MAX + 300]; /* a namespace is a path at most as long as a name may be */
};

static void describe(const struct scan_shard *shard, const struct scan_target *target, struct target_text *text)
{
	const struct known_host *host = target->host;
	const struct options *options = shard->scan->p->options;
	const char *name = host->host.free_bits ? address_format(&target->address, text->name) : host->host.name;
	const char *netns = place_name(shard->places[target->place]);
	bool is_each = options->is_all_addresses && host->has_other_addresses;
	char address[ADDRESS_TEXT_MAX], place[264] = "";

	target_label(name, target->port, text->label);
	if (netns)
		snprintf(place, sizeof(place), "@%s", netns);
	if (options->is_numeric && address_is_set(&target->address) && !host->host.scope)
		snprintf(text->title, sizeof(text->title), "%s%s", address_format_with_port(&target->address, address), place);
	else if (is_each)
		snprintf(text->title, sizeof(text->title), "%s(%s)%s", text->label, address_format(&target->address, address), place);
	else
		snprintf(text->title, sizeof(text->title), "%s%s", text->label, place);
	text->report = (struct target_report){
		.label = text->label,
		.title = text->title,
		.name = name,
		.netns_name = netns,
		.address = target->address,
		.address_count = host->address_total,
		.is_each_address = is_each,
		.resolve_ns = host->resolve_ns,
	};
}

static FILE *buffer_of(struct scan_shard *shard)
{
	if (!shard->out) {
		shard->out = must(open_memstream(&shard->text, &shard->text_bytes));
		shard->flush_ns = clock_now_ns() + FLUSH_NS;
	}
	return shard->out;
}

static void flush_if_full(struct scan_shard *shard)
{
	if (ftello(shard->out) >= FLUSH_BYTES)
		scan_flush(shard);
}

static bool is_wanted(const struct options *options, enum status status)
{
	if (options->is_quiet || (options->is_open_only && status != STATUS_OPEN))
		return false;
	return !options->is_failures_only || status != options->expected;
}

void scan_show_outcome(struct scan_shard *shard, const struct scan_target *target, const struct outcome *outcome)
{
	const struct pipeline *p = shard->scan->p;
	struct target_text text;
	struct report_text report_text;
	struct probe_report report;

	if (!is_wanted(p->options, outcome->verdict->status) || !p->renderer->probe)
		return;
	describe(shard, target, &text);
	report = report_outcome(p, shard->places[target->place], outcome, &report_text);
	report.target = &text.report;
	report.sequence = 1;
	p->renderer->probe(buffer_of(shard), &p->style, &report);
	flush_if_full(shard);
}

/* One sentence is enough for people, however many ports there are; a program gets a record for each. */
static bool is_told_once(const struct pipeline *p, struct known_host *host, struct target_text *text)
{
	size_t ports = port_list_count(&host->host.ports);

	if (p->renderer == &json_renderer || ports < 2)
		return false;
	snprintf(text->title, sizeof(text->title), "%s, %zu ports", host->host.name, ports);
	return __atomic_exchange_n(&host->is_failure_told, true, __ATOMIC_RELAXED);
}

void scan_show_failure(struct scan_shard *shard, const struct scan_target *target, const char *failure, bool is_unresolved)
{
	const struct pipeline *p = shard->scan->p;
	struct target_text text;

	pthread_mutex_lock(&shard->tally_lock);
	shard->tally.not_probed++;
	pthread_mutex_unlock(&shard->tally_lock);
	if (is_unresolved)
		__atomic_add_fetch(&shard->scan->unresolved, 1, __ATOMIC_RELAXED);
	describe(shard, target, &text);
	text.report.failure = failure;
	if (is_unresolved && is_told_once(p, target->host, &text))
		return;
	if (!p->renderer->target || (p->style.is_quiet && p->renderer == &text_renderer)) { /* no summary names it either */
		scan_say(shard->scan, "%s: %s", text.title, failure);
		return;
	}
	p->renderer->target(buffer_of(shard), &p->style, &text.report);
	flush_if_full(shard);
}

void scan_flush(struct scan_shard *shard)
{
	struct scan *scan = shard->scan;
	struct pipeline *p = scan->p;

	if (!shard->out)
		return;
	fclose(shard->out);
	pthread_mutex_lock(&scan->out_lock);
	clear_live(p);
	fwrite(shard->text, 1, shard->text_bytes, p->out);
	fflush(p->out);
	note_output(p);
	pthread_mutex_unlock(&scan->out_lock);
	free(shard->text);
	shard->out = NULL;
	shard->text = NULL;
	shard->flush_ns = UINT64_MAX;
}

void scan_say(struct scan *scan, const char *format, ...)
{
	va_list arguments;

	pthread_mutex_lock(&scan->out_lock);
	clear_live(scan->p);
	fputs("ktcping: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	pthread_mutex_unlock(&scan->out_lock);
}

struct tally scan_total(struct scan *scan)
{
	struct tally total;

	tally_init(&total);
	for (unsigned i = 0; i < scan->shard_count; i++) {
		pthread_mutex_lock(&scan->shards[i].tally_lock);
		tally_merge(&total, &scan->shards[i].tally);
		pthread_mutex_unlock(&scan->shards[i].tally_lock);
	}
	return total;
}

static uint64_t targets_of(const struct pipeline *p)
{
	uint64_t total;

	if (p->options->is_all_addresses || __builtin_mul_overflow(p->hosts.target_count, p->place_count, &total))
		return UINT64_MAX;
	return p->hosts.target_count == UINT64_MAX ? UINT64_MAX : total;
}

void scan_show_progress(struct scan *scan, uint64_t now_ns)
{
	struct pipeline *p = scan->p;
	struct progress_report report = {.total = targets_of(p), .elapsed_ns = now_ns - p->started_ns};

	if (!p->is_live || now_ns < scan->progress_ns || report.elapsed_ns < PROGRESS_AFTER)
		return;
	scan->progress_ns = now_ns + PROGRESS_NS;
	for (unsigned i = 0; i < scan->shard_count; i++) {
		struct scan_shard *shard = &scan->shards[i];

		pthread_mutex_lock(&shard->tally_lock);
		report.done += shard->tally.stats.probes + shard->tally.not_probed;
		report.open += tally_status(&shard->tally, STATUS_OPEN);
		pthread_mutex_unlock(&shard->tally_lock);
		report.in_flight += __atomic_load_n(&shard->pending, __ATOMIC_RELAXED);
	}
	pthread_mutex_lock(&scan->out_lock);
	live_write_progress(p->out, &p->style, &report, terminal_columns(p->out));
	p->has_live_line = true;
	pthread_mutex_unlock(&scan->out_lock);
}

/* "10.2.0.2" when there is but one host, else "3 hosts". */
static void name_scan(const struct pipeline *p, char *text, size_t size)
{
	const struct options *options = p->options;

	if (options->hosts.count == 1 && !options->file)
		snprintf(text, size, "%s", options->hosts.hosts[0].name);
	else if (p->hosts.next_number == 1)
		snprintf(text, size, "1 host");
	else
		snprintf(text, size, "%llu hosts", (unsigned long long)p->hosts.next_number);
}

void scan_show_tally(struct scan *scan, const struct renderer *renderer, FILE *out, bool is_final)
{
	struct pipeline *p = scan->p;
	struct tally total = scan_total(scan);
	char title[TARGET_NAME_MAX + 16];
	struct scan_report report = {.title = title, .tally = &total, .is_final = is_final, .elapsed_ns = clock_now_ns() - p->started_ns};
	struct run_report run = {
		.targets = total.targets,
		.probes = total.stats.probes,
		.intercepted = tally_status(&total, STATUS_INTERCEPTED),
	};

	report.hooks = observer_hooks(p->observer);
	name_scan(p, title, sizeof(title));
	for (unsigned i = 0; i < scan->shard_count; i++)
		report.events_lost += correlator_lost(scan->shards[i].correlator);
	pthread_mutex_lock(&scan->out_lock);
	clear_live(p);
	if (renderer->scan)
		renderer->scan(out, &p->style, &report);
	if (renderer->end && is_final)
		renderer->end(out, &p->style, &run);
	fflush(out);
	if (out == p->out)
		note_output(p);
	pthread_mutex_unlock(&scan->out_lock);
	tally_release(&total);
}
