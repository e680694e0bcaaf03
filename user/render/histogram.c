// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The distribution of the RTTs as text. */
#include "user/render/histogram.h"

#include <inttypes.h>

#include "user/render/line.h"

#define BOUND_MAX	16 /* "1.5 us", and room for any other number */
#define BAR_COLUMNS_MAX 50
#define EIGHTHS		8

/* Blocks of one to eight eighths of a column. */
static const char *const blocks[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

static char *bound_format(uint64_t bound_ns, char *text)
{
	double bound_us = (double)bound_ns / 1e3;

	if (bound_us < 1e3)
		snprintf(text, BOUND_MAX, "%.4g us", bound_us);
	else if (bound_us < 1e6)
		snprintf(text, BOUND_MAX, "%.4g ms", bound_us / 1e3);
	else
		snprintf(text, BOUND_MAX, "%.4g s", bound_us / 1e6);
	return text;
}

static void put_bounds(struct line *line, unsigned bucket)
{
	char from[BOUND_MAX], to[BOUND_MAX];

	if (bucket == 0)
		line_format(line, "    %6s < %-6s", "", bound_format(stats_bucket_floor_ns(1), to));
	else if (bucket + 1 == STATS_BUCKETS)
		line_format(line, "    %6s ≥ %-6s", "",
			    bound_format(stats_bucket_floor_ns(bucket), from));
	else
		line_format(line, "    %6s – %-6s",
			    bound_format(stats_bucket_floor_ns(bucket), from),
			    bound_format(stats_bucket_floor_ns(bucket + 1), to));
}

static void put_blocks(struct line *line, uint64_t eighths)
{
	for (; eighths >= EIGHTHS; eighths -= EIGHTHS)
		line_put(line, blocks[EIGHTHS - 1]);
	if (eighths > 0)
		line_put(line, blocks[eighths - 1]);
}

static void put_hashes(struct line *line, uint64_t eighths)
{
	/* Half a column and more is one; and the shortest bar, too. */
	uint64_t hashes = eighths < EIGHTHS && eighths > 0 ? 1 : (eighths + EIGHTHS / 2) / EIGHTHS;

	for (; hashes > 0; hashes--)
		line_put(line, "#");
}

/* The widest count and the highest bar. */
static uint32_t largest_count(const struct stats *stats)
{
	uint32_t largest = 0;

	for (unsigned bucket = 0; bucket < STATS_BUCKETS; bucket++)
		if (stats->histogram[bucket] > largest)
			largest = stats->histogram[bucket];
	return largest;
}

/* A full last column makes some terminals wrap. */
static size_t bar_columns(size_t columns, size_t used)
{
	if (columns == 0)
		return BAR_COLUMNS_MAX;
	if (columns <= used + 1)
		return 0;
	return columns - used - 1 < BAR_COLUMNS_MAX ? columns - used - 1 : BAR_COLUMNS_MAX;
}

static void write_bucket(FILE *out, const struct stats *stats, unsigned bucket, size_t columns)
{
	struct line line = {.out = out};
	uint32_t count = stats->histogram[bucket], largest = largest_count(stats);
	uint64_t eighths;

	put_bounds(&line, bucket);
	line_format(&line, "  %*" PRIu32, snprintf(NULL, 0, "%" PRIu32, largest), count);
	if (count > 0 && bar_columns(columns, line.column + 2) > 0) {
		line_put(&line, "  ");
		eighths = (uint64_t)count * bar_columns(columns, line.column) * EIGHTHS / largest;
		if (columns > 0)
			put_blocks(&line, eighths > 0 ? eighths : 1);
		else
			put_hashes(&line, eighths > 0 ? eighths : 1);
	}
	line_end(&line);
}

void histogram_write(FILE *out, const struct stats *stats, size_t columns)
{
	unsigned first = 0, last = STATS_BUCKETS;

	while (first < STATS_BUCKETS && stats->histogram[first] == 0)
		first++;
	while (last > first && stats->histogram[last - 1] == 0)
		last--;
	for (unsigned bucket = first; bucket < last; bucket++)
		write_bucket(out, stats, bucket, columns);
}
