import { z } from 'zod';
import { Secret } from './secret.ts';

/**
 * What a form shows of a setting, beside zod's own `title` and `description`: give them to `meta`.
 * Titles are in Title Case; descriptions are sentences that call the reader "you".
 */
declare module 'zod' {
  interface GlobalMeta {
    /** Masked, and encrypted at rest. Set by {@link secret}. */
    secret?: boolean;
    /** Shown only when asked for. For an object of rare settings. */
    advanced?: boolean;
    /** A text with several lines, such as a private key. */
    multiline?: boolean;
    /** The place in the form; by default the order of the schema. */
    order?: number;
  }
}

/** A string that must not be shown. It is parsed to a {@link Secret}. */
export function secret(title: string, description: string, options: { multiline?: boolean } = {}) {
  return z
    .string()
    .min(1)
    .transform((value) => new Secret(value))
    .meta({ title, description, secret: true, ...options });
}

/** A group of rare settings, folded away in a form. Absent, it has all its defaults. */
export function advanced<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .object(shape)
    .prefault({} as z.input<z.ZodObject<Shape>>)
    .meta({ title: 'Advanced', description: 'Settings that you rarely need.', advanced: true });
}

/** One of several forms of a setting, told apart by the constant in `discriminator`. */
export function choice<
  const Options extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(discriminator: string, options: Options) {
  return z.discriminatedUnion(discriminator, options);
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A length of time, written `250ms`, `30s`, `15m`, `6h` or `1d`, and parsed to milliseconds. */
export function duration(title: string, description: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'write a number and a unit: 250ms, 30s, 15m, 6h or 1d')
    .transform(parseDuration)
    .meta({ title, description });
}

/** Milliseconds of a duration that {@link duration} accepts. */
export function parseDuration(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Math.round(Number(number) * (unitMs[unit] ?? Number.NaN));
}

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** An amount of data, written `512KiB`, `64MiB` or `2GB`, and parsed to bytes. */
export function byteSize(title: string, description: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?(B|[KMG]i?B)$/, 'write a number and a unit: 512KiB, 64MiB or 2GB')
    .transform((text) => {
      const [, number = '', unit = ''] = /^([\d.]+)(\w+)$/.exec(text) ?? [];
      return Math.round(Number(number) * (unitBytes[unit] ?? Number.NaN));
    })
    .meta({ title, description });
}
