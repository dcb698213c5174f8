/** @file Which user of this machine is at the other end of a connection, where the system tells it: on Linux. */

import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/** The system's tables of connections, by the kind of address that the other end uses. */
const tables = [
  { path: "/proc/net/tcp", prefix: "" },
  { path: "/proc/net/tcp6", prefix: "0000000000000000FFFF0000" },
] as const;
/** A table that changes while it is read may lack a line. */
const attempts = 3;
/** The state of a connection that nobody holds any more; its user means nothing. */
const timeWait = "06";

const known = new WeakMap<Socket, Promise<number | undefined>>();

/**
 * The user id that holds the other end of a connection over 127.0.0.1, which no program can choose for itself; undefined where
 * the system has no such table, or lists no such connection. Asked once for each connection.
 */
export function userAtOtherEnd(socket: Socket): Promise<number | undefined> {
  const user = known.get(socket) ?? findUser(socket.remotePort, socket.localPort);
  known.set(socket, user);
  return user;
}

async function findUser(remotePort = 0, localPort = 0): Promise<number | undefined> {
  for (let i = 0; i < attempts; i++) {
    for (const { path, prefix } of tables) {
      const table = await readFile(path, "latin1").catch(() => "");
      const user = userIn(table, `${prefix}${address(remotePort)}`, `${prefix}${address(localPort)}`);
      if (user !== undefined) return user;
    }
  }
  return undefined;
}

/** 127.0.0.1 and a port as the tables write them on processors that put the lowest byte first. */
function address(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** @param from the address of the other end @param to ours */
function userIn(table: string, from: string, to: string): number | undefined {
  const at = table.indexOf(` ${from} ${to} `);
  if (at < 0) return undefined;
  // After the addresses: state, queues, timer, retransmissions, user.
  const [state, , , , user] = table
    .slice(at + from.length + to.length + 3, at + 300)
    .trim()
    .split(/\s+/);
  return state === timeWait ? undefined : Number(user);
}
