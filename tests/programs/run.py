# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""
Real programs under `ktcping watch`, in a lab, at ports of every kind: nobody may be accused but of a redirected connection, whose lie is to be found.
And the lies of tests/lab/liars, again and again: each is to be found each time.

Usage, in the lab's client and a mount namespace of its own: run.py [--all] [--seconds S] [--rounds N] [--only NAME,...] [--oracle]. Without --all it is
over IPv4 only, and fewer lies. What is not installed is named, and so is what there was no time for.
With --oracle each program runs in strace as well: what watch says that it was told must be there.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = "tests/programs"
BEGAN_S = time.monotonic()
COMPARED = []  # connects, program by program and port by port
PATIENCE_S = 10
AT_ONCE = 2
LIES = 50

# What each port is, by number, and which reasons are right there. Who gives up before a second SYN leaves silence unjudged.
SITUATIONS = {
    8000: ("open", {"syn-ack"}),
    8001: ("closed", {"reset"}),
    8002: ("silent", {"no-reply", "closed-early"}),
    8003: ("rejected", {"icmp-admin-prohibited"}),
    8004: ("dropped out", {"dropped-out", "closed-early"}),
    # A server that still has an older connection of the same port answers by that one's numbers, and these are dropped as well.
    8005: ("dropped in", {"dropped-in", "wrong-ack", "closed-early"}),
    8006: ("redirected", {"redirected-local"}),
    8007: ("dual-stack", {"syn-ack", "reset"}),
}
REDIRECTED, DUAL = 8006, 8007
DUAL_NAME = "dual.test"
SERVER_RULES = "table inet p {\nchain c {\ntype filter hook input priority 0\ntcp dport 8002 drop\n}\n}\n"
ROUTER_RULES = "table inet p {\nchain c {\ntype filter hook forward priority 0\ntcp dport 8003 reject with icmpx admin-prohibited\n}\n}\n"
CLIENT_RULES = (
    "table inet p {\nchain o {\ntype filter hook output priority 0\ntcp dport 8004 drop\n}\n"
    "chain i {\ntype filter hook input priority 0\ntcp sport 8005 drop\n}\n"
    "chain n {\ntype nat hook output priority -100\ntcp dport 8006 redirect to :7990\n}\n}\n"
)

# Each says "open", or as good as that, of what is not: name, what it is run as, and the note that accuses it.
LIARS = [
    ("naive-tcping, silent", "naive-tcping -c 1 -i 0.2 $PEER 7007", "never-asked"),
    ("naive-tcping, closed", "naive-tcping -c 1 -i 0.2 $PEER 7006", "never-asked"),
    ("select-check, closed", "select-check $PEER 7006", "error-unread"),
    ("zero-send, silent", "zero-send $PEER 7007", "never-asked"),
    ("empty-flush, silent", "empty-flush $PEER 7007", "zero-error"),
    ("zero-blind, silent", "zero-blind $PEER 7007", "zero-error"),
    ("fast open, silent", "ways -w 100 fastopen $PEER 7007", "told-early"),
    ("getpeername, half crossed", "ways peername-only $PEER 7017", "told-early"),
]


def inside(pid, *argv):
    return ["nsenter", "-n", "-t", os.environ[pid], *argv] if pid else list(argv)


def nft(pid, rules):
    subprocess.run(inside(pid, "nft", "-f", "-"), input=rules, text=True, check=True)


def serve(pid, *ports):
    server = subprocess.Popen(inside(pid, "python3", f"{HERE}/serve.py", *ports), stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    return server


def read_programs():
    for line in open(f"{HERE}/programs.txt", encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            name, package, command = line.split(None, 2)
            yield name, package, command.strip()


def is_installed(package, command):
    """By the first word of the command that is a program; sh runs those that have none in a package."""
    words = re.sub(r"^\[ .*? \] && |^(\w+=\S+ )+", "", command).split()
    program = words[2] if words[0] == "sh" and "proxy.sh" in words[1] else words[0]
    program = {"apache": "apache2"}.get(program, program)
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is not None or os.path.exists(program)


def run_watch(command, folder, environment):
    """The connects that it saw, and how many events were lost."""
    out = os.path.join(folder, "watch.json")
    subprocess.run(
        ["./ktcping", "watch", "-j", "-o", out, "--", "sh", "-c", command],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    records = [json.loads(line) for line in open(out, encoding="utf-8")]
    return [record for record in records if record["type"] == "connect"]


def script_of(name, command, family, strace):
    """Each situation beside the others, every one with a time limit of its own."""
    host = os.environ[f"SERVER{family}"]
    lines = []
    for port in SITUATIONS:
        is_dual = port == DUAL
        at = DUAL_NAME if is_dual else host
        url = f"[{host}]" if family == 6 and not is_dual else at
        if is_dual and re.search(r"-n\b|--numeric|inet\$F", command):
            continue
        place = f"{strace}/{port}"
        os.makedirs(place, exist_ok=True)
        trace = f"strace -f -qq -e trace=network,poll,ppoll,select,pselect6,epoll_wait -o {place}/trace " if strace.endswith("oracle") else ""
        with open(f"{place}/run", "w", encoding="utf-8") as run:
            run.write(command + "\n")
        lines.append(
            f"H={at} U='{url}' P={port} F={family} T={place} {trace}timeout -k 1 {PATIENCE_S} sh {place}/run </dev/null >{place}/said 2>&1 &"
        )
    return "\n".join(lines) + "\nwait\n"


def judge(records, counts, complaints, name):
    for record in records:
        if record["port"] not in SITUATIONS:
            continue
        situation, reasons = SITUATIONS[record["port"]]
        key = record["port"]
        is_complete = record["complete"] and record["status"] != "incomplete"
        counts[key]["connects"] += 1
        counts[key]["incomplete"] += not is_complete
        if key == REDIRECTED:
            is_told = record["app"]["result"] == "connected"
            counts[key]["told"] += is_told
            counts[key]["accused"] += not record["app"]["agrees"]
            if is_told and record["app"]["agrees"] and is_complete:
                complaints.append(f"{name}, {situation}: a lie was missed: {json.dumps(record)}")
        elif not record["app"]["agrees"]:
            counts[key]["accused"] += 1
            complaints.append(f"{name}, {situation}: accused: {json.dumps(record)}")
        if is_complete and record["reason"] not in reasons | {"ttl-exceeded"}:
            counts[key]["wrong"] += 1
            complaints.append(f"{name}, {situation}: {record['status']}/{record['reason']}: {json.dumps(record)}")


def compare(records, folder, complaints, name):
    """Against strace, which saw the same run: as many connects, and the errors that watch says it was told of."""
    for port in SITUATIONS:
        path = f"{folder}/{port}/trace"
        text = open(path, encoding="utf-8", errors="replace").read() if os.path.exists(path) else ""
        began = re.findall(rf"connect\(.*htons\({port}\).*(?:EINPROGRESS|= 0|ECONNREFUSED|EACCES|EHOSTUNREACH|ETIMEDOUT|ERESTART|EINTR|unfinished)", text)
        seen = [record for record in records if record["port"] == port and record["app"]["seen"]]
        if not text or re.search(r"io_uring|sendto\(.*MSG_FASTOPEN", text):
            continue
        if len(began) < len(seen):
            complaints.append(f"{name}: strace has {len(began)} connects to {port}, watch {len(seen)}")
        COMPARED.append(len(seen))
        for record in seen:
            errno = record["app"]["errno"]
            if errno and errno not in text:
                complaints.append(f"{name}: strace has no {errno} at {port}")


def run_program(row, family, arguments):
    name, _, command = row
    if time.monotonic() - BEGAN_S > arguments.seconds:
        return name, family, None, []
    counts = {port: dict.fromkeys(("connects", "incomplete", "accused", "wrong", "told"), 0) for port in SITUATIONS}
    complaints = []
    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/oracle" if arguments.oracle else f"{folder}/run"
        records = run_watch(script_of(name, command, family, place), folder, {})
        judge(records, counts, complaints, f"{name}, IPv{family}")
        if arguments.oracle:
            compare(records, place, complaints, f"{name}, IPv{family}")
    return name, family, counts, complaints


def cell(port, count):
    if not count["connects"]:
        return "-"
    text = f"{count['connects']}"
    if port == REDIRECTED:
        return f"{count['accused']}/{count['told']} found"
    return text + (f" {count['accused']} ACCUSED" if count["accused"] else "") + (f" {count['wrong']} WRONG" if count["wrong"] else "")


def show(name, family, counts):
    print(f"{name:16} IPv{family} " + " ".join(f"{cell(port, counts[port]):>12}" for port in SITUATIONS), flush=True)


def run_liar(row, rounds):
    name, command, note = row
    peer = os.environ["PEER4"]
    with tempfile.TemporaryDirectory() as folder:
        script = f"for k in $(seq {rounds}); do .output/liars/{command.replace('$PEER', peer)} & [ $((k % 10)) = 0 ] && wait; done; wait"
        records = run_watch(script, folder, {})
    caught = sum(not record["app"]["agrees"] and note in record["notes"] for record in records)
    incomplete = sum(not record["complete"] or record["status"] == "incomplete" for record in records)
    print(f"{name:28} {caught} of {rounds}" + (f" ({incomplete} incomplete)" if incomplete else ""), flush=True)
    return [] if caught + incomplete >= rounds else [f"{name}: {caught} of {rounds} lies were found"]


def name_the_dual_host():
    """For this process and its children only."""
    hosts = tempfile.NamedTemporaryFile("w", delete=False)
    hosts.write(f"127.0.0.1 localhost\n{os.environ['SERVER6']} {DUAL_NAME}\n{os.environ['SERVER4']} {DUAL_NAME}\n")
    hosts.close()
    subprocess.run(["mount", "--bind", hosts.name, "/etc/hosts"], check=True)
    return hosts.name


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--oracle", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    hosts = name_the_dual_host()
    nft("SERVER_PID", SERVER_RULES)
    nft("ROUTER_PID", ROUTER_RULES)
    nft(None, CLIENT_RULES)
    servers = [serve("SERVER_PID", "8000", "8005", "8006", "4:8007"), serve(None, "7990")]
    only = set(filter(None, arguments.only.split(",")))
    rows = [row for row in read_programs() if (not only or row[0] in only)]
    missing = [row[0] for row in rows if not is_installed(row[1], row[2])]
    rows = [row for row in rows if row[0] not in missing]
    jobs = [(row, family) for row in rows for family in ((4, 6) if arguments.all else (4,)) for _ in range(arguments.rounds)]
    complaints, late, seen, total = [], [], set(), 0

    print(f"{'':21} " + " ".join(f"{word:>12}" for word, _ in SITUATIONS.values()))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for name, family, counts, said in pool.map(lambda job: run_program(*job, arguments), jobs):
            if not counts:
                late.append(name)
                continue
            show(name, family, counts)
            complaints += said
            if any(count["connects"] for count in counts.values()):
                seen.add(name)
            total += sum(count["connects"] for count in counts.values())
    for row in [] if only else LIARS:
        complaints += run_liar(row, LIES if arguments.all else 10)
    for server in servers:
        server.kill()
    os.unlink(hosts)
    if missing:
        print("not here:", " ".join(missing))
    if late:
        print("no time for:", " ".join(late))
    silent = [row[0] for row in rows if row[0] not in seen | set(late)]
    if silent:
        print("made no connect (by raw sockets, or not at all):", " ".join(silent))
    print("\n".join(complaints))
    if arguments.oracle:
        print(f"{sum(COMPARED)} connects are as strace has them, but for the complaints")
    print(f"{len(seen)} programs, {total} connects, {len(complaints)} complaints")
    return len(complaints) > 0


sys.exit(main())
