/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checksums that the kernel left to the device, and others. */
#include <criterion/criterion.h>
#include <string.h>

#include "user/io/files/checksum.h"

/* A SYN of 127.0.0.1 to itself, as Linux has it on lo: the sum of the pseudo-header alone. */
static const uint8_t left_to_device[] = {
	0x45, 0x00, 0x00, 0x3c, 0x1c, 0x46, 0x40, 0x00, 0x40, 0x06, 0x20, 0x74, 0x7f, 0x00, 0x00,
	0x01, 0x7f, 0x00, 0x00, 0x01, 0x9c, 0x40, 0x00, 0x50, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00,
	0x00, 0x00, 0xa0, 0x02, 0xff, 0xd7, 0xfe, 0x30, 0x00, 0x00, 0x02, 0x04, 0xff, 0xd7, 0x04,
	0x02, 0x08, 0x0a, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x07,
};

/* By the definition: with its checksum, everything adds up to 0xffff. */
static bool adds_up(const uint8_t *bytes, size_t count)
{
	uint32_t total = 6 + (uint32_t)(count - 20);

	for (size_t i = 12; i < count; i += 2)
		total += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	total = (total & 0xffff) + (total >> 16);
	return (total & 0xffff) + (total >> 16) == 0xffff;
}

Test(checksum, what_was_left_to_the_device_is_completed)
{
	uint8_t bytes[sizeof(left_to_device)];

	memcpy(bytes, left_to_device, sizeof(bytes));
	cr_expect_not(adds_up(bytes, sizeof(bytes)));
	cr_expect(checksum_complete(bytes, sizeof(bytes)));
	cr_expect(adds_up(bytes, sizeof(bytes)));
	cr_expect_not(checksum_complete(bytes, sizeof(bytes)), "it is complete by now");
}

Test(checksum, a_wrong_one_stays_wrong)
{
	uint8_t bytes[sizeof(left_to_device)], before[sizeof(bytes)];

	memcpy(bytes, left_to_device, sizeof(bytes));
	bytes[36] ^= 1;
	memcpy(before, bytes, sizeof(bytes));
	cr_expect_not(checksum_complete(bytes, sizeof(bytes)));
	cr_expect_eq(memcmp(bytes, before, sizeof(bytes)), 0);
}

Test(checksum, what_is_cut_or_no_tcp_is_left_alone)
{
	for (size_t count = 0; count < sizeof(left_to_device); count++) {
		uint8_t bytes[sizeof(left_to_device)];

		memcpy(bytes, left_to_device, sizeof(bytes));
		cr_expect_not(checksum_complete(bytes, count), "%zu bytes", count);
		cr_expect_eq(memcmp(bytes, left_to_device, sizeof(bytes)), 0);
	}
}
