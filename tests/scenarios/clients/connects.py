# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Connects as Python programs make them. Usage: connects.py blocking|timeout|nonblocking|asyncio|onepoll|race ROUNDS HOST PORT..."""

import asyncio
import errno
import select
import socket
import sys
import threading
import time

PATIENCE_S = 1.2
AT_ONCE = 32


def family_of(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def blocking(host, port):
    """Without a limit of Python's own; the kernel has one."""
    with socket.socket(family_of(host), socket.SOCK_STREAM) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(PATIENCE_S * 1000))
        return s.connect_ex((host, port)) == 0


def timeout(host, port):
    """What nearly everybody does."""
    try:
        socket.create_connection((host, port), PATIENCE_S).close()
        return True
    except OSError:
        return False


def nonblocking(host, port):
    with socket.socket(family_of(host), socket.SOCK_STREAM) as s:
        s.setblocking(False)
        error = s.connect_ex((host, port))
        if error == errno.EINPROGRESS:
            _, writable, _ = select.select([], [s], [], PATIENCE_S)
            error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if writable else errno.ETIMEDOUT
        return error == 0


def one_poll(targets):
    """All at once, and one poll() for all of them."""
    sockets, count = {}, 0
    poll = select.poll()
    for host, port in targets:
        s = socket.socket(family_of(host), socket.SOCK_STREAM)
        s.setblocking(False)
        s.connect_ex((host, port))
        poll.register(s, select.POLLOUT)
        sockets[s.fileno()] = s
    deadline_s = time.monotonic() + PATIENCE_S
    while sockets and time.monotonic() < deadline_s:
        for fd, _ in poll.poll(100):
            count += sockets[fd].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
            poll.unregister(fd)
            sockets.pop(fd).close()
    return count


def race(targets):
    """The first port is preferred, the others are there in case; who has won, closes the others without another look at them."""
    sockets = [socket.socket(family_of(host), socket.SOCK_STREAM) for host, _ in targets]
    for s, target in zip(sockets, targets):
        s.setblocking(False)
        s.connect_ex(target)
    writable = []
    while len(writable) < len(sockets):
        _, writable, _ = select.select([], sockets, [], PATIENCE_S)
    has_won = sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    for s in sockets:
        s.close()
    return has_won


def in_threads(way, targets):
    """AT_ONCE threads, each with its part of the targets."""
    results = []

    def run(part):
        for host, port in part:
            results.append(way(host, port))

    threads = [threading.Thread(target=run, args=(targets[i::AT_ONCE],)) for i in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(results)


async def by_asyncio(targets):
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(host, port):
        async with limit:
            try:
                _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), PATIENCE_S)
            except (OSError, asyncio.TimeoutError):
                return False
            writer.close()
            return True

    return sum(await asyncio.gather(*(one(host, port) for host, port in targets)))


def main():
    way, rounds, host, *ports = sys.argv[1:]
    targets = [(host, int(port)) for _ in range(int(rounds)) for port in ports]
    if way == "asyncio":
        count = asyncio.run(by_asyncio(targets))
    elif way == "onepoll":
        count = one_poll(targets)
    elif way == "race":
        count = race(targets)
    else:
        count = in_threads({"blocking": blocking, "timeout": timeout, "nonblocking": nonblocking}[way], targets)
    print(count, "open")


main()
