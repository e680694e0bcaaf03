# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A server that says a word of HTTP to whoever connects. Usage: serve.py PORT..., at all addresses of both families; "4:PORT" at IPv4's only."""

import asyncio
import sys


async def answer(reader, writer):
    try:
        await asyncio.wait_for(reader.read(4096), 1)
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n")
        await writer.drain()
        writer.close()
    except (OSError, asyncio.TimeoutError):
        writer.transport.abort()


async def main(words):
    for word in words:
        is_ipv4 = word.startswith("4:")
        host = "0.0.0.0" if is_ipv4 else None
        await asyncio.start_server(answer, host, int(word[2:] if is_ipv4 else word), backlog=1024)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1:]))
