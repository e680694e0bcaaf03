#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Names and comments say what acts, by the kernel's and the RFCs' verbs: words that were given up stay away.
set -u
failed=0

# refuse FLAGS PATTERN WHY
refuse() {
	local found
	found=$(grep -rnE"$1" "$2" bpf include user --include='*.[ch]' --include='*.in' | sed "s/$/   ($3)/")
	[ -z "$found" ] && return
	echo "$found"
	failed=1
}

refuse wi 'nobody|somebody|anybody|whoever' 'name what acts: the kernel, a program, a rule'
refuse wi '(is|are) meant|thrown away|how many-th|how-manieth' 'say: is allowed, dropped, every n-th'
refuse w 'struct (told|place|finding)|told_(judge|is_call|origin_ns)|FINDING_[A-Z]+' 'app_view, origin, notice'
refuse w 'is_forlorn|let_go|heed_end|is_early_leave' 'is_orphaned, free_released, apply_end, may_evict'
refuse w 'known_host|program_sizes|observer_(rest|wake)' 'resolved_host, observer_config, observer_detach, observer_attach'
refuse w 'is_in_haste|is_brief|is_afar|RATE_AFAR|is_sure|has_other_wishes' \
	'skip_route, skip_tcp_info, is_off_link, is_confirmed, needs_series'
refuse w 'ktp_(sight|app|pending|is_everyday|is_news)|KTP_IS_BLIND|note_blind' \
	'ktp_visibility, ktp_watched_socket, ktp_syscall, ktp_is_routine, ktp_should_report'
exit $failed
