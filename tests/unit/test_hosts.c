/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * When a file of targets is waited for: only while somebody would read it, else its lines would
 * wake the loop in vain again and again.
 */
#include <criterion/criterion.h>

#include "user/app/targets/hosts.h"

/* A file that is at its end has no descriptor to ask for: whoever asks all the same fails. */
static const struct options no_options;

Test(hosts, a_file_is_not_waited_for_while_as_many_names_as_possible_are_being_resolved)
{
	struct hosts hosts = {
		.options = &no_options, .is_file_waiting = true, .lookup_count = LOOKUPS_MAX};

	cr_expect_eq(hosts_file_fd(&hosts), -1);
	cr_expect_not(hosts_are_at_hand(&hosts));
}

Test(hosts, a_file_is_not_waited_for_while_a_host_is_ready)
{
	struct resolved_host host = {.references = 1};
	struct hosts hosts = {
		.options = &no_options, .is_file_waiting = true, .ready = {&host.node, &host.node}};

	cr_expect_eq(hosts_file_fd(&hosts), -1);
	cr_expect(hosts_are_at_hand(&hosts));
}

Test(hosts, what_has_not_been_read_is_at_hand_unless_the_file_has_nothing_yet)
{
	struct options options = {.hosts = {.count = 1}};
	struct hosts hosts = {.options = &no_options};

	cr_expect(hosts_are_at_hand(&hosts));
	hosts.is_file_waiting = true;
	cr_expect_not(hosts_are_at_hand(&hosts));
	hosts.options = &options;
	cr_expect(hosts_are_at_hand(&hosts));
	hosts.next_word = 1;
	cr_expect_not(hosts_are_at_hand(&hosts));
	hosts = (struct hosts){.options = &no_options, .is_file_at_end = true};
	cr_expect_not(hosts_are_at_hand(&hosts));
}
