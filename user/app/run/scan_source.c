// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Blocks of hosts, opened as they come, and counted through. */
#include "user/app/run/scan_source.h"

#include <stdlib.h>
#include <sys/random.h>

#include "user/app/xalloc.h"

void scan_source_init(struct scan_source *source, struct hosts *hosts, const struct options *options)
{
	*source = (struct scan_source){
		.hosts = hosts,
		.options = options,
		.place_count = options->namespace_count ? options->namespace_count : 1,
		.blocks = must(calloc(SCAN_BLOCKS_MAX, sizeof(struct scan_block))),
	};
	pthread_mutex_init(&source->lock, NULL);
	if (getrandom(&source->seed, sizeof(source->seed), GRND_NONBLOCK) != sizeof(source->seed))
		source->seed = (uint64_t)getpid();
}

static void close_blocks(struct scan_source *source)
{
	for (size_t i = 0; i < source->block_count; i++) {
		known_host_release(source->blocks[i].host);
		free(source->blocks[i].ports);
	}
	source->block_count = source->ports_open = 0;
	source->next = 0;
}

void scan_source_release(struct scan_source *source)
{
	if (!source->blocks)
		return;
	close_blocks(source);
	free(source->blocks);
	pthread_mutex_destroy(&source->lock);
}

static uint64_t total(const struct scan_source *source)
{
	return source->block_count ? source->blocks[source->block_count - 1].end : 0;
}

static void open_block(struct scan_source *source, struct known_host *host)
{
	bool is_each = source->options->is_all_addresses && host->has_other_addresses;
	uint64_t addresses = known_host_probed_addresses(host, is_each);
	struct scan_block block = {.host = host, .addresses = addresses ? addresses : 1};

	block.ports = must(port_list_expand(&host->host.ports, &block.port_count));
	block.end = total(source) + block.addresses * block.port_count * source->place_count;
	source->blocks[source->block_count++] = block;
	source->ports_open += block.port_count;
}

/* One host at a time is enough in order; shuffled, as many as there are. */
static bool has_room(const struct scan_source *source)
{
	if (!source->options->is_shuffled)
		return source->block_count == 0;
	return source->block_count < SCAN_BLOCKS_MAX && source->ports_open < SCAN_PORTS_MAX && total(source) < 1ull << 61;
}

static void open_blocks(struct scan_source *source)
{
	struct resolver_answer answer;
	struct known_host *host;

	close_blocks(source);
	while ((host = hosts_take_again(source->hosts, &answer))) /* the others become ready; in a scan nobody asks again */
		known_host_release(host);
	while (has_room(source) && (host = hosts_next(source->hosts)))
		open_block(source, host);
	if (source->block_count && source->options->is_shuffled)
		source->order = permutation_make(total(source), source->seed + source->taken);
}

/* The block that has the target of that number. */
static const struct scan_block *find_block(const struct scan_source *source, uint64_t number)
{
	size_t low = 0, high = source->block_count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (source->blocks[middle - 1].end <= number)
			low = middle;
		else
			high = middle;
	}
	return &source->blocks[low];
}

static struct scan_target target_at(const struct scan_source *source, uint64_t number)
{
	const struct scan_block *block = find_block(source, number);
	uint64_t index = number - (block == source->blocks ? 0 : block[-1].end);
	struct scan_target target = {.host = block->host, .place = (uint16_t)(index % source->place_count)};

	index /= source->place_count;
	target.port = block->ports[index % block->port_count];
	if (!block->host->failure) {
		target.address = known_host_address(block->host, index / block->port_count);
		target.address.port = target.port;
	}
	block->host->references++;
	return target;
}

size_t scan_source_take(struct scan_source *source, struct scan_target *targets, size_t room)
{
	size_t count = 0;

	pthread_mutex_lock(&source->lock);
	while (count < room && !source->is_ended) {
		if (source->next == total(source))
			open_blocks(source);
		if (source->next == total(source))
			break;
		targets[count++] =
			target_at(source, source->options->is_shuffled ? permutation_at(&source->order, source->next) : source->next);
		source->next++;
		source->taken++;
	}
	pthread_mutex_unlock(&source->lock);
	return count;
}

void scan_source_put(struct scan_source *source, struct known_host *host)
{
	pthread_mutex_lock(&source->lock);
	known_host_release(host);
	pthread_mutex_unlock(&source->lock);
}

bool scan_source_has_given_all(struct scan_source *source)
{
	bool is_all;

	pthread_mutex_lock(&source->lock);
	is_all = source->next == total(source) && hosts_are_exhausted(source->hosts);
	pthread_mutex_unlock(&source->lock);
	return is_all;
}

bool scan_source_is_exhausted(struct scan_source *source)
{
	return __atomic_load_n(&source->is_ended, __ATOMIC_ACQUIRE) || scan_source_has_given_all(source);
}

void scan_source_end(struct scan_source *source)
{
	pthread_mutex_lock(&source->lock);
	__atomic_store_n(&source->is_ended, true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&source->lock);
}
