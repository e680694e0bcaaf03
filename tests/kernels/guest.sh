#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What run.sh boots another kernel for: the first and only process in there. It checks ktcping, reports on the console, and switches the machine off.
# Every line for run.sh begins with "@ ". What doctor should say is asked of the kernel itself, by another way than doctor's: tracefs and kallsyms.
export PATH=/bin HOME=/tmp

OPEN=8080
EVENTS=/sys/kernel/tracing/events

# The shell's own are busybox's.
ip() {
	/bin/ip "$@"
}

tc() {
	/bin/tc "$@"
}

say() {
	echo "@ $*"
}

# expect NAME STATUS PATTERN COMMAND...: it exits with STATUS, and some line of what it says matches PATTERN.
expect() {
	name=$1 status=$2 pattern=$3
	shift 3
	said=$("$@" 2>&1)
	result=$?
	if [ "$result" -eq "$status" ] && echo "$said" | grep -q -e "$pattern"; then
		say "ok $name"
		return 0
	fi
	say "FAIL $name"
	say "  $*: exit status $result, not $status with /$pattern/:"
	echo "$said" | sed 's/^/@   /'
	return 1
}

# verdict NAME STATUS REASON OPTION...: of one probe; open is what the exit status asks for.
verdict() {
	name=$1 status=$2 reason=$3
	shift 3
	exit_status=1
	[ "$status" = open ] && exit_status=0
	expect "$name" $exit_status "\"status\":\"$status\",\"reason\":\"$reason\",\"complete\":true" ktcping -j -c 1 -W 3 --hold 50ms "$@"
}

# facility NAME RESULT: what doctor says of it.
facility() {
	expect "doctor: $1" 0 "\"name\":\"$1\".*\"result\":\"$2\"" echo "$doctor"
}

has_event() {
	[ -d $EVENTS/"$1" ]
}

prepare() {
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	mount -t tmpfs tmpfs /tmp
	mount -t tmpfs tmpfs /run
	mkdir /var && ln -s /run /var/run
	mount -t tracefs tracefs /sys/kernel/tracing
	mount -t securityfs securityfs /sys/kernel/security
	ip link set lo up
	ip address add 192.0.2.1/32 dev lo
	httpd -p $OPEN -h /tmp
	has_ipv6=
	[ -d /proc/sys/net/ipv6 ] && has_ipv6=yes
	release=$(uname -r)
	say "kernel $release"
}

check_facilities() {
	for name in inet_sock_set_state net_dev_start_xmit netif_receive_skb kfree_skb net_dev_queue tcp_receive_reset tcp_send_reset \
		ktp_path_xmit ktp_path_receive ring-buffer map-sockets map-tuples pid-filter all-together; do
		facility $name loaded
	done
	if [ ! -d $EVENTS ]; then
		say "skip doctor: what differs between kernels"
		return
	fi
	if has_event sock/inet_sk_error_report; then facility inet_sk_error_report loaded; else facility inet_sk_error_report missing; fi
	if grep -q '[ \t]err;' $EVENTS/tcp/tcp_retransmit_skb/format; then facility tcp_retransmit_skb loaded; else
		facility tcp_retransmit_skb fallback
	fi
	if has_event tcp/tcp_bad_csum; then facility tcp_bad_csum loaded; else facility tcp_bad_csum '\(fallback\|missing\)'; fi
	if grep -q '[ \t]reason;' $EVENTS/skb/kfree_skb/format; then facility drop-reasons loaded; else
		facility drop-reasons '\(fallback\|missing\)'
	fi
	if grep -q ' bpf_snprintf$' /proc/kallsyms; then facility function-names loaded; else facility function-names fallback; fi
}

check_doctor() {
	expect "doctor" 0 'probing would work' ktcping doctor
	doctor=$(ktcping doctor -j 2>&1)
	expect "doctor -j" 0 '"type":"doctor","ok":true' ktcping doctor -j
	expect "doctor names the kernel" 0 "\"name\":\"kernel\",\"value\":\"$release\"" echo "$doctor"
	check_facilities
	ktcping doctor 2>&1 | sed -n 's/^  \(loaded\|fallback\|missing\|limited\)/@ note \1/p' | grep -v '^@ note loaded'
}

check_basic() {
	verdict "$1 closed" closed reset "$2" 1
	verdict "$1 open" open syn-ack "$2" $OPEN
	expect "$1 rtt" 0 '"rtt_us":[0-9]' ktcping -j -c 1 --hold 50ms "$2" $OPEN
	expect "$1 timeline" 0 'SYN-ACK' ktcping -v -c 1 --hold 50ms "$2" $OPEN
	verdict "$1 -I lo" open syn-ack -I lo "$2" $OPEN
	verdict "$1 -S" open syn-ack -S "$2" "$2" $OPEN
	verdict "$1 --sport" open syn-ack --sport 5001 "$2" $OPEN
	expect "$1 --sport is used" 0 '"source_port":5002' ktcping -j -c 1 --hold 50ms --sport 5002 "$2" $OPEN
	verdict "$1 --ttl" open syn-ack --ttl 1 "$2" $OPEN
	verdict "$1 -Q" open syn-ack -Q 0x10 "$2" $OPEN
	verdict "$1 -Q of every bit" open syn-ack -Q 252 "$2" $OPEN
	verdict "$1 -m" open syn-ack -m 0x7 "$2" $OPEN
	verdict "$1 -N" open syn-ack -N /proc/self/ns/net "$2" $OPEN
	expect "$1 many" 0 '' ktcping -q -c 3 -i 10ms --hold 10ms -p $OPEN,$OPEN "$2"
	expect "$1 -I nosuch" 3 'there is no such device' ktcping -c 1 -I nosuch "$2" $OPEN
	expect "$1 -S not there" 3 'there is no such address' ktcping -c 1 -S "$3" "$2" $OPEN
}

# agrees NAME OPTION...: the route that ktcping was told of is the one that its connect() took, where one of them is unreachable.
agrees() {
	name=$1
	shift
	said=$(ktcping -v -c 1 -W 300ms "$@" 2>&1)
	asked=$(echo "$said" | grep -c 'route: unreachable')
	connected=$(echo "$said" | grep -c 'connect() = -1 EHOSTUNREACH')
	if [ "$asked" -eq "$connected" ]; then
		say "ok $name"
		return
	fi
	say "FAIL $name"
	echo "$said" | sed 's/^/@   /'
}

# Which routes a type of service may choose differs between kernels; that the question and the connect() agree does not.
check_routes() {
	ip rule add tos 0x10 lookup 100
	ip route add unreachable default table 100
	ip route add 198.51.100.0/24 dev lo src 192.0.2.1
	ip route add blackhole 203.0.113.0/28
	ip route add prohibit 203.0.113.16/28
	ip route add unreachable 203.0.113.32/28
	verdict "no route" unreachable no-route 203.0.113.200 80
	verdict "blackhole" unreachable route-blackhole 203.0.113.1 80
	verdict "prohibit" unreachable route-prohibit 203.0.113.17 80
	verdict "unreachable" unreachable route-unreachable 203.0.113.33 80
	verdict "route by -Q" unreachable route-unreachable -Q 0x10 198.51.100.1 80
	expect "a drop has its function" 1 '"function":"\(tcp_v4_rcv\|ip_[a-z_]*\|dst_discard[a-z_]*\)"' ktcping -j -c 1 -W 300ms 198.51.100.1 80
	for tos in 0 0x04 0x08 0x20 0xb8 0xfc; do
		expect "route by -Q $tos" 1 '"status":"\(filtered\|blocked\)"' ktcping -j -c 1 -W 300ms -Q $tos 198.51.100.1 80
	done
	[ "$has_ipv6" ] || return
	ip address add 2001:db8:1::1/128 dev lo nodad
	ip -6 rule add tos 0x10 lookup 100
	ip -6 route add unreachable default table 100
	ip -6 route add 2001:db8:2::/48 dev lo src 2001:db8:1::1
	for tos in 0 0x10 0xfc; do
		agrees "route by -Q $tos, IPv6" -Q $tos 2001:db8:2::1 80
	done
}

load_modules() {
	while read -r module; do
		insmod "/modules/$module" || return 1
	done </modules/list
}

# Another host, srv, on the other end of va.
make_link() {
	expect "another host" 0 '' ip netns add srv
	expect "a veth" 0 '' ip link add va type veth peer name vb netns srv || return 1
	ip -n srv link set lo up
	join_link '' va 10.9.0.2/24 fd09::2/64
	join_link srv vb 10.9.0.1/24 fd09::1/64
	ip netns exec srv httpd -p $OPEN -h /tmp
}

# join_link NETNS DEVICE ADDRESS4 ADDRESS6: '' is this one.
join_link() {
	ip ${1:+-n "$1"} address add "$3" dev "$2"
	[ "$has_ipv6" ] && ip ${1:+-n "$1"} address add "$4" dev "$2" nodad
	ip ${1:+-n "$1"} link set "$2" up
}

# vlan NAME NUMBER OPTION...: a VLAN device on both ends of the link.
vlan() {
	name=$1 number=$2
	shift 2
	ip link add link va name "$name" type vlan id "$number" "$@"
	ip -n srv link add link vb name "$name" type vlan id "$number" "$@"
	join_link '' "$name" 10.9."$number".2/24 fd09:"$number"::2/64
	join_link srv "$name" 10.9."$number".1/24 fd09:"$number"::1/64
}

# path NAME OPTION... ADDRESS4 ADDRESS6: there is something to be reached, and something that is not.
path() {
	path=$1 address4=$2 address6=$3
	shift 3
	verdict "$path open" open syn-ack "$@" "$address4" $OPEN
	verdict "$path closed" closed reset "$@" "$address4" 1
	[ "$has_ipv6" ] || return
	verdict "$path open, IPv6" open syn-ack "$@" "$address6" $OPEN
	verdict "$path closed, IPv6" closed reset "$@" "$address6" 1
}

# given NETNS DEVICE ADDRESS4 ADDRESS6: made over va, it is another host's, as a container's is.
given() {
	ip netns add "$1"
	ip link set "$2" netns "$1"
	join_link "$1" "$2" "$3" "$4"
}

# hops NAME PATTERN OPTION... TARGET: the path that text shows.
hops() {
	hops=$1 pattern=$2
	shift 2
	expect "$hops: where the SYN went" 0 "^      path  $pattern, [0-9.]* ms" ktcping -v -c 1 --hold 50ms "$@" $OPEN
}

check_vlans() {
	vlan v5 5
	path "VLAN" 10.9.5.1 fd09:5::1
	hops "VLAN" 'v5 → va → vb (ns [0-9]*)' 10.9.5.1
	vlan v6 6 reorder_hdr off
	path "VLAN, reorder_hdr off" 10.9.6.1 fd09:6::1
	hops "VLAN, reorder_hdr off" 'v6 → va → vb (ns [0-9]*)' 10.9.6.1
	vlan v7 7 proto 802.1ad
	ip link add link v7 name v8 type vlan id 8
	ip -n srv link add link v7 name v8 type vlan id 8
	join_link '' v8 10.9.8.2/24 fd09:8::2/64
	join_link srv v8 10.9.8.1/24 fd09:8::1/64
	path "VLAN in a VLAN" 10.9.8.1 fd09:8::1
	ip link add link va name v9 type vlan id 9
	ip -n srv link add link vb name v9 type vlan id 9
	given box9 v9 10.9.9.2/24 fd09:9::2/64
	join_link srv v9 10.9.9.1/24 fd09:9::1/64
	path "VLAN of another's device" 10.9.9.1 fd09:9::1 -N box9
}

# As a server's two cables are one; here it is one cable.
check_bond() {
	if ! ip link add bond9 type bond mode active-backup miimon 100 2>/dev/null; then
		say "skip bond"
		return
	fi
	ip link add ba type veth peer name bb netns srv
	ip link set ba master bond9
	join_link '' bond9 10.9.10.2/24 fd09:10::2/64
	join_link srv bb 10.9.10.1/24 fd09:10::1/64
	sleep 1 # until it has looked for a carrier
	path "bond" 10.9.10.1 fd09:10::1
	hops "bond" 'bond9 → ba → bb (ns [0-9]*)' 10.9.10.1
	ip -n srv link set bb down
	sleep 1
	verdict "bond without a carrier" blocked carrier-down -W 500ms 10.9.10.1 $OPEN
}

# It paces by the instant that the packet itself carries.
check_fq() {
	if ! tc qdisc add dev va root fq 2>/dev/null; then
		say "skip fq"
		return
	fi
	path "fq" 10.9.0.1 fd09::1
	expect "fq: an answer counts once" 0 'SYN-ACK' is_answered_once
	tc qdisc del dev va root
}

# One line in the timeline, which was seen once.
is_answered_once() {
	answers=$(ktcping -v -c 1 --hold 50ms 10.9.0.1 $OPEN 2>&1 | grep 'wire.*SYN-ACK')
	[ "$(echo "$answers" | wc -l)" -eq 1 ] && echo "$answers" | grep -v ' ×[0-9]'
}

check_ifb() {
	ip link add ifb9 type ifb
	ip link set ifb9 up
	tc qdisc add dev va clsact
	tc filter add dev va ingress protocol all matchall action mirred egress redirect dev ifb9
	path "ifb" 10.9.0.1 fd09::1
	expect "ifb: an answer counts once" 0 'SYN-ACK' is_answered_once
	tc qdisc del dev va clsact
}

# The SYN goes out by its mark; without one, as the answer is, its sender would be reached by another device.
check_drops() {
	reason=dropped-in
	grep -q '[ \t]reason;' $EVENTS/skb/kfree_skb/format && reason=rp-filter
	echo 1 >/proc/sys/net/ipv4/conf/va/rp_filter
	ip rule add fwmark 7 lookup 200
	ip route add 10.9.0.0/24 dev va src 10.9.0.2 table 200
	ip route add 10.9.0.1/32 dev lo
	verdict "rp_filter" blocked $reason -m 7 10.9.0.1 $OPEN
	ip route del 10.9.0.1/32 dev lo
	verdict "no such neighbour" unreachable neighbour-failed -W 4s 10.9.0.77 80
	expect "whom a SYN waits for" 1 'SYN kept for the neighbour 10.9.0.78 dev' ktcping -v -c 1 -W 1s 10.9.0.78 80
}

# Addresses of a VRF's own, and no default route: red, and host rs on the other end of ra.
make_vrf() {
	ip link add red type vrf table 10 2>/dev/null || return 1
	ip link set red up
	ip netns add rs
	ip link add ra type veth peer name rb netns rs
	ip link set ra master red
	ip -n rs link set lo up
	join_link '' ra 10.8.0.2/24 fd08::2/64
	join_link rs rb 10.8.0.1/24 fd08::1/64
	ip netns exec rs httpd -p $OPEN -h /tmp
}

# vrf_answer NAME OPTION...: one SYN, which left by the device below, and the time until its answer, however many devices it passed.
vrf_answer() {
	name=$1
	shift
	expect "$name" 0 '"interface":"ra",.*"reason":"syn-ack","complete":true,"rtt_us":[0-9].*"syn_sent":1,"syn_unanswered":0' \
		ktcping -j -c 1 -W 3 --hold 50ms "$@" $OPEN
}

# vrf_routes FAMILY SUFFIX UNROUTED BLACKHOLE PROHIBIT: FAMILY is -4 or -6. Without a default of the VRF's own the main table is asked next.
vrf_routes() {
	verdict "VRF, no route$2" unreachable no-route -I red "$3" 80
	agrees "VRF, no route, asked$2" -I red "$3" 80
	ip "$1" route add unreachable default metric 4278198272 table 10
	ip "$1" route add blackhole "$4" table 10
	ip "$1" route add prohibit "$5" table 10
	verdict "VRF, unreachable$2" unreachable route-unreachable -I red "$3" 80
	agrees "VRF, unreachable, asked$2" -I red "$3" 80
	verdict "VRF, blackhole$2" unreachable route-blackhole -I red "$4" 80
	verdict "VRF, prohibit$2" unreachable route-prohibit -I red "$5" 80
	ip "$1" route del unreachable default metric 4278198272 table 10
}

# vrf_family SUFFIX PEER OWN OTHER: OTHER is an address of this host, but not in the VRF.
vrf_family() {
	vrf_answer "VRF$1" -I red "$2"
	vrf_answer "VRF, -S$1" -I red -S "$3" "$2"
	vrf_answer "VRF, its device$1" -I ra "$2"
	verdict "VRF, closed$1" closed reset -I red "$2" 1
	verdict "VRF, closed, own address$1" closed reset -I red "$3" 1
	verdict "VRF, without -I$1" unreachable no-route "$2" $OPEN
	expect "VRF, -S without -I$1" 3 'of a VRF' ktcping -c 1 -S "$3" "$2" $OPEN
	expect "VRF, -S of another VRF$1" 3 'of another device or VRF than red' ktcping -c 1 -I red -S "$4" "$2" $OPEN
}

# bound_to_link_local OPTION...: the address's device goes before the VRF of the socket, and the route that is shown is the one taken.
bound_to_link_local() {
	address=$(ip -n rs -6 -o address show dev rb scope link | sed 's/.*inet6 \([^/]*\).*/\1/')
	ktcping -v -c 1 -W 3 --hold 50ms "$@" "$address%ra" $OPEN
}

# A queue of the VRF device's own shows each packet there as well.
check_vrf_queue() {
	tc qdisc add dev red root pfifo
	vrf_answer "VRF with a queue" -I red 10.8.0.1
	[ "$has_ipv6" ] && vrf_answer "VRF with a queue, IPv6" -I red fd08::1
	expect "VRF with a queue: seen at both" 0 'SYN leaves by red' ktcping -v -c 1 --hold 50ms -I red 10.8.0.1 $OPEN
	tc qdisc del dev red root
}

# Out of the VRF by a route of the main table, from an address that is not of the VRF: nothing of it is lost when nothing comes back.
check_vrf_leak() {
	ip -n srv address add 10.9.44.1/32 dev lo
	ip -n srv route add blackhole 10.9.0.2/32
	ip route add 10.9.44.0/24 via 10.9.0.1 src 10.9.0.2
	expect "VRF, silence by a route that leads out" 1 '"status":"filtered","reason":"no-reply","complete":true' \
		ktcping -j -c 1 -W 2 -I red 10.9.44.1 $OPEN
	ip route del 10.9.44.0/24
	ip -n srv route del blackhole 10.9.0.2/32
}

check_vrf() {
	if ! make_vrf; then
		say "skip VRFs"
		return
	fi
	vrf_family '' 10.8.0.1 10.8.0.2 10.9.0.2
	vrf_routes -4 '' 203.0.113.200 203.0.113.65 203.0.113.66
	check_vrf_queue
	check_vrf_leak
	[ "$has_ipv6" ] || return
	vrf_family ", IPv6" fd08::1 fd08::2 fd09::2
	vrf_routes -6 ", IPv6" 2001:db8:99::1 2001:db8:98::1 2001:db8:97::1
	expect "VRF, link-local" 0 'route: unicast dev ra' bound_to_link_local -I red
	expect "VRF, link-local without -I" 0 'route: unicast dev ra' bound_to_link_local
}

check_paths() {
	if [ ! -f /modules/list ] || ! load_modules; then
		say "skip veth, VLANs, bond, fq, macvlan, ifb, VRFs"
		return
	fi
	make_link || return
	path "veth" 10.9.0.1 fd09::1
	hops "veth" 'va → vb (ns [0-9]*)' 10.9.0.1
	[ "$has_ipv6" ] && hops "veth, IPv6" 'va → vb (ns [0-9]*)' fd09::1
	check_vlans
	check_bond
	check_fq
	ip link add mv0 link va type macvlan mode bridge
	given box mv0 10.9.0.3/24 fd09::3/64
	path "macvlan of another's device" 10.9.0.1 fd09::1 -N box
	hops "macvlan of another's device" 'mv0 → va (ns [0-9]*) → vb (ns [0-9]*)' -N box 10.9.0.1
	check_ifb
	check_drops
	check_vrf
	check_handover
}

# watched PORT: what watch says of a blocking connect() of somebody else's.
watched() {
	ktcping watch -j -o /tmp/watched -- nc -w 1 127.0.0.1 "$1" </dev/null >/tmp/watched.err 2>&1
	cat /tmp/watched /tmp/watched.err
}

check_watch() {
	case $(uname -r) in
	5.[0-9].* | 5.1[01].*)
		expect "watch: says that the kernel is too old" 4 '5\.12' ktcping watch -- true
		return
		;;
	esac
	expect "watch, closed" 0 \
		'"status":"closed","reason":"reset","complete":true.*"result":"refused","errno":"ECONNREFUSED","agrees":true.*"comm":"nc"' watched 1
	expect "watch, open" 0 \
		'"status":"open","reason":"syn-ack","complete":true.*"result":"connected","errno":null,"agrees":true.*"comm":"nc"' watched $OPEN
	expect "watch, nothing lost" 0 '"type":"watch".*"events_lost":0' watched $OPEN
}

# number NAME LINE: the one before those words.
number() {
	echo "$2" | sed -n "s/.*$1 \([0-9-]*\).*/\1/p"
}

# balanced NAME PATTERN RECORDS COMMAND...: what was skipped was taken over, and what both programs missed is told; no record is wrong, which all that do not
# match PATTERN are. Returns 1, and says nothing yet, when something was lost.
balanced() {
	name=$1 pattern=$2 records=$3
	shift 3
	counts=$(handovers "$@" 2>&1 >/dev/null | tail -n 1)
	skipped=$(number skipped "$counts") taken=$(number 'taken over' "$counts") missed=$(number lost "$counts")
	lost=$(sed -n '$s/.*"events_lost":\([0-9]*\).*/\1/p' /tmp/records)
	wrong=$(grep '"seq":' /tmp/records | grep -v '"complete":false' | grep -c -v -e "$pattern")
	found=$(grep -c -e "$pattern" /tmp/records)
	say "note $name: $found of $records, skipped $skipped, taken over $taken, lost $missed, told $lost"
	if [ "$wrong" -eq 0 ] && [ "$missed" -eq "$lost" ]; then
		[ "$lost" -eq 0 ] && [ "$found" -eq "$records" ] || return 1
		say "ok $name"
		return 0
	fi
	say "FAIL $name"
	echo "$counts" | sed 's/^/@   /'
	grep '"seq":' /tmp/records | grep -v -e "$pattern" | head -n 5 | cut -c1-900 | sed 's/^/@   /'
}

# Two programs that are skipped at once are lost, and told to be; but they should be few.
handed_over() {
	balanced "$@" || balanced "$@" || balanced "$@" || say "FAIL $1"
}

# Three connects of another program, when handovers has seen all programs attached.
connecting='sleep 4; nc -w 1 10.9.0.1 1; nc -w 1 10.9.0.1 1; nc -w 1 10.9.0.1 8080 </dev/null'

# Packets are received by interrupts, of the other processor where there is one, and a third party is always at work.
check_handover() {
	echo 1 >/sys/class/net/va/queues/rx-0/rps_cpus
	ip netns exec srv sh -c 'echo 2 >/sys/class/net/vb/queues/rx-0/rps_cpus' 2>/dev/null
	dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
	dd=$!
	handed_over "interrupted and preempted, scan" '"status":"closed","reason":"reset","complete":true' 300 \
		ktcping -j -o /tmp/records --rate 0 -p 1-300 10.9.0.1
	case $release in
	5.[0-9].* | 5.1[01].*) ;;
	*)
		handed_over "interrupted and preempted, watch" '"reason":"\(reset\|syn-ack\)","complete":true.*"agrees":true' 3 \
			ktcping watch -j -o /tmp/records -- sh -c "$connecting"
		if grep -q class_srcu_fast_notrace_t /sys/kernel/btf/vmlinux && [ "$skipped" -eq 0 ]; then
			say "FAIL interrupted and preempted, watch"
			say "  nothing was skipped, so that nothing was tested"
		fi
		;;
	esac
	kill $dd
}

main() {
	prepare
	check_doctor
	check_basic v4 127.0.0.1 198.51.100.9
	[ "$has_ipv6" ] && check_basic v6 ::1 2001:db8::9
	check_routes
	check_watch
	check_paths
	# Neither "loops_per_jiffy", nor advice, nor an emulator that stood still.
	dmesg | grep -e 'BUG: ' -e 'WARNING: .*CPU[:#]' -e 'Oops: ' | grep -v 'soft lockup' | sed 's/^/@ FAIL the kernel is well: /'
	say "done"
}

main
poweroff -f
