// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How many next hops are sought at once. */
#include <criterion/criterion.h>
#include <sys/socket.h>

#include "user/base/time.h"
#include "user/core/run/neighbour_room.h"

static struct address host(uint32_t number)
{
	const uint8_t bytes[4] = {10, (uint8_t)(number >> 16), (uint8_t)(number >> 8),
				  (uint8_t)number};

	return address_make(AF_INET, bytes, 0);
}

static void seek(struct neighbour_room *room, uint32_t from, uint32_t to, uint64_t now_ns)
{
	for (uint32_t number = from; number < to; number++) {
		struct address address = host(number);

		neighbour_room_seek(room, &address, now_ns);
	}
}

Test(neighbour_room, is_three_quarters_of_what_others_leave)
{
	static const struct {
		struct neighbour_table table;
		uint32_t own, wanted;
	} cases[] = {
		{{.entries = 0, .most = 1024}, 0, 768},
		{{.entries = 4, .most = 1024}, 0, 765},
		/* our own are no others' */
		{{.entries = 768, .most = 1024}, 768, 768},
		/* given up and not taken out: no obstacle */
		{{.entries = 1024, .spare = 1024, .most = 1024}, 0, 768},
		{{.entries = 1024, .spare = 512, .most = 1024}, 512, 768},
		{{.entries = 624, .spare = 0, .most = 1024}, 0, 300},
		/* full of others': some must be tried all the same */
		{{.entries = 1024, .most = 1024}, 0, 16},
		{{.entries = 2000, .most = 1024}, 0, 16},
		{{.entries = 10, .spare = 20, .most = 1024}, 0, 768},
		{{.entries = 5, .most = 65536}, 0, 49146},
		{{0}, 0, 16},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(neighbour_room_of(&cases[i].table, cases[i].own), cases[i].wanted,
			     "case %zu: %u", i, neighbour_room_of(&cases[i].table, cases[i].own));
}

Test(neighbour_room, of_few_and_of_none_nothing_is_held_back)
{
	struct neighbour_room room = {0};

	cr_expect(neighbour_room_has_place(&room, NEIGHBOUR_ROOM_LEAST - 1, 0));
	cr_expect(!neighbour_room_has_place(&room, NEIGHBOUR_ROOM_LEAST, 0));
	cr_expect_eq(neighbour_room_due_ns(&room), UINT64_MAX);
	seek(&room, 0, 40, SECOND_NS);
	cr_expect(neighbour_room_has_place(&room, 23, SECOND_NS));
	cr_expect(!neighbour_room_has_place(&room, 24, SECOND_NS));
	neighbour_room_release(&room);
}

Test(neighbour_room, a_place_is_free_when_one_answers_or_is_given_up)
{
	const struct neighbour_table table = {.most = 100, .patience_ns = SECOND_NS};
	struct neighbour_room room = {0};
	struct address answers = host(3), stranger = host(7000);

	neighbour_room_set(&room, &table, 10, 0);
	seek(&room, 0, 10, SECOND_NS);
	seek(&room, 0, 10, SECOND_NS + 1); /* asked for again: the same ones */
	cr_expect_eq(room.count, 10);
	cr_expect(!neighbour_room_has_place(&room, 0, SECOND_NS));
	neighbour_room_found(&room, &stranger);
	cr_expect(!neighbour_room_has_place(&room, 0, SECOND_NS));
	neighbour_room_found(&room, &answers);
	neighbour_room_found(&room, &answers);
	cr_expect_eq(room.count, 9);
	cr_expect(neighbour_room_has_place(&room, 0, SECOND_NS));
	cr_expect(!neighbour_room_has_place(&room, 1, SECOND_NS));
	cr_expect(neighbour_room_due_ns(&room) >= 2 * SECOND_NS);
	cr_expect(neighbour_room_has_place(&room, 1, neighbour_room_due_ns(&room)));
	cr_expect_eq(room.count, 0);
	cr_expect_eq(neighbour_room_due_ns(&room), UINT64_MAX);
	neighbour_room_release(&room);
}

/* Round and round, whoever answers. */
Test(neighbour_room, a_million_take_their_turn)
{
	const struct neighbour_table table = {.most = 1024};
	struct neighbour_room room = {0};
	uint64_t now_ns = SECOND_NS;

	neighbour_room_set(&room, &table, 768, 0);
	for (uint32_t number = 0; number < 1000000; number++) {
		struct address address = host(number);

		if (!neighbour_room_has_place(&room, 0, now_ns))
			now_ns = neighbour_room_due_ns(&room);
		cr_assert(neighbour_room_has_place(&room, 0, now_ns));
		neighbour_room_seek(&room, &address, now_ns);
		cr_assert_leq(room.count, 768);
		if (number % 3 == 0)
			neighbour_room_found(&room, &address);
	}
	neighbour_room_release(&room);
}
