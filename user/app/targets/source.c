// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Blocks of hosts, opened as they come, and counted through. */
#include "user/app/targets/source.h"

#include <stdlib.h>
#include <sys/random.h>

#include "user/app/xalloc.h"

void target_source_init(struct target_source *source, struct hosts *hosts,
			const struct options *options)
{
	*source = (struct target_source){
		.hosts = hosts,
		.options = options,
		.origin_count = options->namespace_count ? options->namespace_count : 1,
		.blocks = must(calloc(SOURCE_BLOCKS_MAX, sizeof(struct source_block))),
	};
	pthread_mutex_init(&source->lock, NULL);
	if (getrandom(&source->seed, sizeof(source->seed), GRND_NONBLOCK) != sizeof(source->seed))
		source->seed = (uint64_t)getpid();
}

static void close_blocks(struct target_source *source)
{
	for (size_t i = 0; i < source->block_count; i++) {
		resolved_host_release(source->blocks[i].host);
		free(source->blocks[i].ports);
	}
	source->block_count = source->ports_open = 0;
	source->next = 0;
}

void target_source_release(struct target_source *source)
{
	if (!source->blocks)
		return;
	close_blocks(source);
	free(source->blocks);
	pthread_mutex_destroy(&source->lock);
}

static uint64_t total(const struct target_source *source)
{
	return source->block_count ? source->blocks[source->block_count - 1].end : 0;
}

static void open_block(struct target_source *source, struct resolved_host *host)
{
	bool is_each = source->options->is_all_addresses && host->has_other_addresses;
	uint64_t addresses = resolved_host_probed_addresses(host, is_each);
	struct source_block block = {.host = host, .addresses = addresses ? addresses : 1};

	block.ports = must(port_list_expand(&host->host.ports, &block.port_count));
	block.end = total(source) + block.addresses * block.port_count * source->origin_count;
	source->blocks[source->block_count++] = block;
	source->ports_open += block.port_count;
}

/* One host at a time is enough in order; shuffled, as many as there are. */
static bool has_room(const struct target_source *source)
{
	if (!source->options->is_shuffled)
		return source->block_count == 0;
	return source->block_count < SOURCE_BLOCKS_MAX && source->ports_open < SOURCE_PORTS_MAX &&
	       total(source) < 1ull << 61;
}

static void open_blocks(struct target_source *source)
{
	struct lookup_answer answer;
	struct resolved_host *host;

	close_blocks(source);
	while (source->is_shared &&
	       (host = hosts_take_again(source->hosts,
					&answer))) /* by that the others become ready */
		resolved_host_release(host);
	while (has_room(source) && (host = hosts_next(source->hosts)))
		open_block(source, host);
	if (source->block_count && source->options->is_shuffled)
		source->order = permutation_make(total(source), source->seed + source->taken);
}

/* The block that has the target of that number. */
static const struct source_block *find_block(const struct target_source *source, uint64_t number)
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

static struct source_target target_at(const struct target_source *source, uint64_t number)
{
	const struct source_block *block = find_block(source, number);
	uint64_t index = number - (block == source->blocks ? 0 : block[-1].end);
	struct source_target target = {.host = block->host,
				       .origin = (uint16_t)(index % source->origin_count)};

	index /= source->origin_count;
	target.port = block->ports[index % block->port_count];
	if (!block->host->failure) {
		target.address = resolved_host_address(block->host, index / block->port_count);
		target.address.port = target.port;
	}
	block->host->references++;
	return target;
}

size_t target_source_take(struct target_source *source, struct source_target *targets, size_t room)
{
	size_t count = 0;

	pthread_mutex_lock(&source->lock);
	while (count < room && !source->is_ended) {
		if (source->next == total(source))
			open_blocks(source);
		if (source->next == total(source))
			break;
		targets[count++] =
			target_at(source, source->options->is_shuffled
						  ? permutation_at(&source->order, source->next)
						  : source->next);
		source->next++;
		source->taken++;
	}
	pthread_mutex_unlock(&source->lock);
	return count;
}

bool target_source_is_at_hand(const struct target_source *source)
{
	return source->next < total(source) || hosts_are_at_hand(source->hosts);
}

bool target_source_is_giving(const struct target_source *source, const struct resolved_host *host)
{
	for (size_t i = 0; i < source->block_count; i++)
		if (source->blocks[i].host == host && source->next < source->blocks[i].end)
			return true;
	return false;
}

void target_source_put(struct target_source *source, struct resolved_host *host)
{
	pthread_mutex_lock(&source->lock);
	resolved_host_release(host);
	pthread_mutex_unlock(&source->lock);
}

bool target_source_has_given_all(struct target_source *source)
{
	bool is_all;

	pthread_mutex_lock(&source->lock);
	is_all = source->next == total(source) && hosts_are_exhausted(source->hosts);
	pthread_mutex_unlock(&source->lock);
	return is_all;
}

bool target_source_is_exhausted(struct target_source *source)
{
	return __atomic_load_n(&source->is_ended, __ATOMIC_ACQUIRE) ||
	       target_source_has_given_all(source);
}

void target_source_end(struct target_source *source)
{
	pthread_mutex_lock(&source->lock);
	__atomic_store_n(&source->is_ended, true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&source->lock);
}
