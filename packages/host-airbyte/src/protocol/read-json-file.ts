import { readFile } from 'node:fs/promises';
import { Failure, type Json } from '@fairlead/sdk';

/**
 * The JSON in a file, whatever it is called; undefined when nothing is in it.
 * @throws {Failure} config, when the file is not there or holds no JSON.
 */
export async function readJsonFile(path: string, what: string): Promise<Json | undefined> {
  const text = await readText(path, what);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold secrets.
    throw new Failure('config', `the ${what} is not JSON`, { where: path });
  }
}

async function readText(path: string, what: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Failure('config', `the ${what} cannot be read${code}`, { where: path, cause: error });
  }
}
