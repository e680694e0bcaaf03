/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Blocks that are written are read again, and damage is told. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/io/files/pcapng.h"
#include "user/io/files/pcapng_read.h"

#define TIME_NS 1700000000123456789ull

static const uint8_t ipv6_header[] = {0x60, 0, 0, 0, 0, 20, 6, 64};

static void put_all(struct blocks *blocks)
{
	static const struct pcapng_section section = {"ktcping 1", "Linux 6.1", "ktcping"};
	const struct pcapng_packet packet = {
		.wall_ns = TIME_NS,
		.id = 7,
		.ifindex = 3,
		.is_outbound = true,
		.bytes = ipv6_header,
		.count = sizeof(ipv6_header),
		.wire_bytes = 60,
		.comments = {"SYN 1 of probe 1 leaves eth0", "xmit 77/1"},
	};

	*blocks = (struct blocks){0};
	pcapng_put_section(blocks, &section);
	pcapng_put_interface(blocks, "eth0", "namespace 4026531840");
	pcapng_put_packet(blocks, &packet);
	journal_begin(blocks, TIME_NS);
	journal_text(blocks, "MESSAGE", "SYN_SENT → ESTABLISHED");
	journal_field(blocks, "KTCPING_TWO_LINES", "a\nb", 3);
	journal_number(blocks, "KTCPING_TIME_NS", TIME_NS);
	journal_text(blocks, "KTCPING_NONE", NULL);
	journal_end(blocks);
	cr_assert_not(blocks->has_failed);
}

static struct pcapng_reader reader_of(const uint8_t *bytes, size_t count)
{
	struct pcapng_reader reader = {.in = fmemopen((void *)bytes, count, "r")};

	cr_assert(reader.in);
	return reader;
}

static void release(struct pcapng_reader *reader)
{
	fclose(reader->in);
	pcapng_reader_release(reader);
}

static struct pcapng_block next_block(struct pcapng_reader *reader, uint32_t type)
{
	struct pcapng_block block;
	struct error error;

	cr_assert_eq(pcapng_read(reader, &block, &error), 1, "%s", error.text);
	cr_assert_eq(block.type, type);
	return block;
}

static void expect_option(const struct pcapng_reader *reader, const struct pcapng_block *block,
			  size_t *position, uint16_t code, const char *text)
{
	struct pcapng_option option;

	cr_assert(pcapng_next_option(reader, block, position, &option));
	cr_expect_eq(option.code, code);
	cr_expect_eq(option.count, strlen(text));
	cr_expect_eq(memcmp(option.bytes, text, strlen(text)), 0, "not \"%s\"", text);
}

static void expect_field(const struct pcapng_block *block, size_t *position, const char *name,
			 const char *value)
{
	struct journal_entry entry;

	cr_assert(journal_next(block, position, &entry), "%s is not there", name);
	cr_expect_eq(entry.name_length, strlen(name));
	cr_expect_eq(memcmp(entry.name, name, strlen(name)), 0, "not %s", name);
	cr_expect_eq(entry.value_length, strlen(value), "%s", name);
	cr_expect_eq(memcmp(entry.value, value, strlen(value)), 0, "%s is not %s", name, value);
}

Test(pcapng, what_is_written_is_read_again)
{
	struct pcapng_capture capture;
	struct pcapng_option option;
	struct pcapng_reader reader;
	struct journal_entry entry;
	struct pcapng_block block;
	struct blocks blocks;
	size_t at = 16;

	put_all(&blocks);
	reader = reader_of(blocks.bytes, blocks.used);
	block = next_block(&reader, PCAPNG_SECTION);
	expect_option(&reader, &block, &at, PCAPNG_OS, "Linux 6.1");
	block = next_block(&reader, PCAPNG_INTERFACE);
	cr_expect_eq(pcapng_u16(&reader, block.body), PCAPNG_LINK_SLL2);
	block = next_block(&reader, PCAPNG_PACKET);
	cr_assert(pcapng_capture(&reader, &block, &capture));
	cr_expect_eq(capture.interface, 0);
	cr_expect_eq(capture.wall_ns, TIME_NS);
	cr_expect_eq(capture.count, 20 + sizeof(ipv6_header));
	cr_expect_eq(capture.wire_bytes, 80);
	cr_expect_eq(memcmp(capture.bytes + 20, ipv6_header, sizeof(ipv6_header)), 0);
	expect_option(&reader, &block, &capture.options, PCAPNG_COMMENT,
		      "SYN 1 of probe 1 leaves eth0");
	expect_option(&reader, &block, &capture.options, PCAPNG_COMMENT, "xmit 77/1");
	cr_assert(pcapng_next_option(&reader, &block, &capture.options, &option));
	cr_expect_eq(option.code, PCAPNG_FLAGS);
	cr_assert(pcapng_next_option(&reader, &block, &capture.options, &option));
	cr_expect_eq(option.code, PCAPNG_PACKET_ID);
	cr_expect_eq(pcapng_u64(&reader, option.bytes), 7);
	cr_expect_not(pcapng_next_option(&reader, &block, &capture.options, &option));
	block = next_block(&reader, PCAPNG_JOURNAL);
	at = 0;
	expect_field(&block, &at, "__REALTIME_TIMESTAMP", "1700000000123456");
	expect_field(&block, &at, "MESSAGE", "SYN_SENT → ESTABLISHED");
	expect_field(&block, &at, "KTCPING_TWO_LINES", "a\nb");
	expect_field(&block, &at, "KTCPING_TIME_NS", "1700000000123456789");
	cr_expect_not(journal_next(&block, &at, &entry));
	cr_expect_eq(pcapng_read(&reader, &block, NULL), 0);
	release(&reader);
	free(blocks.bytes);
}

/* The offset is that of the block: up to there all is read. */
Test(pcapng, a_file_that_is_cut_anywhere_is_read_up_to_there)
{
	struct blocks blocks;

	put_all(&blocks);
	for (size_t count = 1; count < blocks.used; count++) {
		struct pcapng_reader reader = reader_of(blocks.bytes, count);
		struct pcapng_block block;
		struct error error = {""};
		int result;

		while ((result = pcapng_read(&reader, &block, &error)) == 1)
			cr_assert_leq(reader.next, count);
		cr_assert(result == -EBADMSG || result == -EINVAL || reader.next == count,
			  "%zu bytes: %d", count, result);
		cr_expect(result == 0 || *error.text);
		release(&reader);
	}
	free(blocks.bytes);
}

Test(pcapng, the_other_byte_order_is_read)
{
	static const uint8_t bytes[] = {
		0x0a, 0x0d, 0x0d, 0x0a, 0,    0,    0,	  28,	0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,	  28,	0, 0, 0, 1,
		0,    0,    0,	  20,	1,    20,   0,	  0,	0,    0,    0xff, 0xff, 0, 0, 0, 20,
	};
	struct pcapng_reader reader = reader_of(bytes, sizeof(bytes));
	struct pcapng_block block;

	next_block(&reader, PCAPNG_SECTION);
	block = next_block(&reader, PCAPNG_INTERFACE);
	cr_expect_eq(pcapng_u16(&reader, block.body), PCAPNG_LINK_SLL2);
	cr_expect_eq(pcapng_read(&reader, &block, NULL), 0);
	release(&reader);
}

Test(pcapng, what_is_none_is_told)
{
	static const char *const texts[] = {"\n", "{\"schema\":\"ktcping/1\"}\n",
					    "\xd4\xc3\xb2\xa1\x02\x00\x04\x00 an older format"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct pcapng_reader reader =
			reader_of((const uint8_t *)texts[i], strlen(texts[i]));
		struct pcapng_block block;
		struct error error = {""};

		cr_expect_eq(pcapng_read(&reader, &block, &error), -EINVAL);
		cr_expect_str_eq(error.text, "it is no pcapng file");
		release(&reader);
	}
}

/* Wireshark takes a shorter one for damage. */
Test(pcapng, a_journal_block_is_never_too_short)
{
	struct blocks blocks = {0};

	journal_begin(&blocks, 0);
	journal_end(&blocks);
	cr_expect_geq(blocks.used - 12, 23);
	free(blocks.bytes);
}
