import type { Socket } from 'node:net';
import { matchPolicyRequest } from './policy-file.ts';

export type Face = 'policy' | 'http' | 'xml';

/** What a connection that begins with these bytes speaks; null: too few bytes to tell. */
export function faceOf(bytes: Buffer): Face | null {
  const policy = matchPolicyRequest(bytes);
  if (policy === 'yes') return 'policy';
  if (policy === 'maybe') return null;
  const start = bytes.toString('latin1', 0, LONGEST_METHOD);
  if (METHODS.some((method) => start.startsWith(method))) return 'http';
  return METHODS.some((method) => method.startsWith(start)) ? null : 'xml';
}

export interface SniffOptions {
  /** Until the first byte. */
  readonly sniffTimeoutMs: number;
  /** From the first byte until it is clear; after that it counts as XML. */
  readonly frameTimeoutMs: number;
}

/**
 * Reads the first bytes of a connection until it is clear what it speaks, and puts them back. A
 * connection that says nothing in time, or ends before, is destroyed.
 */
export function sniff(
  socket: Socket,
  { sniffTimeoutMs, frameTimeoutMs }: SniffOptions,
  onFace: (face: Face) => void,
): void {
  let seen: Buffer = Buffer.alloc(0);
  let timer = setTimeout(() => socket.destroy(), sniffTimeoutMs);
  const stop = () => {
    clearTimeout(timer);
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('close', stop);
  };
  const decide = (face: Face) => {
    stop();
    socket.pause();
    socket.unshift(seen);
    onFace(face);
  };
  const onEnd = () => socket.destroy();
  const onData = (chunk: Buffer) => {
    if (seen.length === 0) {
      clearTimeout(timer);
      timer = setTimeout(() => decide('xml'), frameTimeoutMs);
    }
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const face = faceOf(seen);
    if (face !== null) decide(face);
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', stop);
}

const METHODS = [
  'GET ',
  'HEAD ',
  'POST ',
  'PUT ',
  'DELETE ',
  'OPTIONS ',
  'PATCH ',
  'TRACE ',
  'CONNECT ',
];
const LONGEST_METHOD = Math.max(...METHODS.map((method) => method.length));
