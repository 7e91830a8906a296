import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Failure, type Json } from '@fairlead/sdk';

/** An executable that speaks the protocol, and its settings. */
export interface Program {
  /** The executable and the arguments before those of the protocol. */
  readonly command: readonly string[];
  readonly config: Json;
}

/** A command of the protocol that runs. Disposing kills it if it does, and removes its files. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The exit code, or the signal that ended it. Never rejects. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** The last 4 KiB of what it printed for people. */
  readonly stderr: () => string;
}

/** Files that a command is given, as JSON text. Their names have no suffix that would tell. */
export interface ProgramFiles {
  readonly catalog?: string;
  readonly state?: string;
}

/**
 * Starts a command of the protocol.
 * @throws {Failure} config, when there is no such executable.
 */
export async function startProgram(
  { command, config }: Program,
  verb: 'check' | 'discover' | 'read' | 'write',
  files: ProgramFiles = {},
): Promise<Running> {
  // The settings may hold secrets, so nobody else may look into the folder.
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-airbyte-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const args: string[] = [];
    const texts = { config: JSON.stringify(config), ...files };
    for (const [name, text] of Object.entries(texts)) {
      const path = join(folder, `${name}.txt`);
      await writeFile(path, text, { mode: 0o600 });
      args.push(`--${name}`, path);
    }
    const [file = '', ...own] = command;
    const child = spawn(file, [...own, verb, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = new Promise<number | NodeJS.Signals>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
    });
    const said = tailOf(child.stderr);
    await started(child, file);
    // A process that ends before it has read everything says so by its exit code.
    child.stdin.on('error', () => {});
    return {
      child,
      ended,
      stderr: said,
      async [Symbol.asyncDispose]() {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
        await ended;
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Gives a program input, and waits while it has enough. Answers whether it still takes any. */
export async function give({ child }: Running, bytes: Uint8Array): Promise<boolean> {
  const { stdin } = child;
  if (stdin === null || stdin.destroyed) return false;
  if (!stdin.write(bytes)) {
    await new Promise<void>((resolve) => {
      const done = () => {
        stdin.off('drain', done);
        stdin.off('close', done);
        resolve();
      };
      stdin.on('drain', done);
      stdin.on('close', done);
    });
  }
  return !stdin.destroyed;
}

async function started(child: ChildProcess, file: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new Failure('config', 'the executable cannot be started', { where: file, cause }));
    });
  });
}

function tailOf(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => (text = `${text}${more}`.slice(-4096)));
  return () => text;
}
