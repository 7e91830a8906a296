import { once } from 'node:events';
import { close, write } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { hasCode, retryable } from './retryable.ts';

/** A descriptor that is written to, one buffer after another. */
export interface Writer {
  /** Writes the first `length` bytes of a buffer, however many calls of the system that takes. */
  writeAll(buffer: Uint8Array, length: number): Promise<void>;
  /** Closes the descriptor unless it is one of the standard three. */
  close(): Promise<void>;
}

/**
 * Writes to a descriptor. A pipe or socket that does not block, since somebody else made it so, is
 * waited for by readiness from then on.
 */
export function writerTo(fd: number): Writer {
  let socket: Socket | undefined;
  return {
    async writeAll(buffer, length) {
      let at = 0;
      while (at < length) {
        const rest = buffer.subarray(at, length);
        if (socket !== undefined) return await writeToSocket(socket, rest);
        try {
          at += await writeSome(fd, rest);
        } catch (error) {
          if (!hasCode(error, 'EAGAIN')) throw error;
          socket = socketOn(fd);
          if (socket === undefined) at += await retryable(() => writeSome(fd, rest));
        }
      }
    },
    async close() {
      if (socket === undefined) {
        if (fd > 2) await closeDescriptor(fd);
      } else if (!socket.closed) {
        socket.destroy();
        await once(socket, 'close');
      }
    },
  };
}

const closeDescriptor = promisify(close);

function writeSome(fd: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

function writeToSocket(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

/** A socket that writes to a descriptor; undefined when it is none that can be waited for. */
function socketOn(fd: number): Socket | undefined {
  try {
    const socket = new Socket({ fd, readable: false, writable: true });
    // The write that fails says so itself.
    socket.on('error', () => {});
    return socket;
  } catch {
    return undefined;
  }
}
