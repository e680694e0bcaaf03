// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Connects as Node.js makes them. Usage: connects.js ROUNDS HOST PORT...

const net = require("net");

const PATIENCE_MS = 1200;
const AT_ONCE = 32;

const [rounds, host, ...ports] = process.argv.slice(2);
const targets = Array.from({ length: Number(rounds) }, () => ports).flat();
let open = 0;

function next() {
  const port = targets.pop();
  if (port === undefined) return;
  const socket = net.connect({ host, port: Number(port) });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("connect", () => {
    open++;
    socket.destroy();
  });
  socket.on("error", () => {});
  socket.on("close", next);
}

for (let i = 0; i < AT_ONCE; i++) next();
process.on("exit", () => console.log(open, "open"));
