/** Lets the service stop: Node closes only connections that had a request before, not those a client opened in reserve. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Returns what ends all connections without a request under way; the others end with their answer. */
export function trackConnections(server: Server): () => void {
  const idle = new Set<Socket>();
  let ending = false;
  server.on('connection', (socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    response.once('close', () => {
      if (socket.destroyed) return;
      if (ending) socket.end();
      else idle.add(socket);
    });
  });
  return () => {
    ending = true;
    for (const socket of idle) socket.destroy();
  };
}
