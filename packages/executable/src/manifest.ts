import { z } from 'zod';

/** What counts of a connector's `package.json`; other members are left alone. */
export const Manifest = z.object({
  name: z.string().regex(/^(@[^/]+\/)?[^/@]+$/, 'write the name of a package'),
  version: z.string().min(1),
  description: z.string().default(''),
  license: z.string().default('UNLICENSED'),
  homepage: z.url().optional(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  fairlead: z
    .object({
      /** Of its addresses: `['duckdb']`. */
      schemes: z.array(z.string()).default([]),
      /** Where users read about the connector; the package's homepage unless given. */
      documentationUrl: z.url().optional(),
      /** The connector in Airbyte's registry; made of the package's name unless given. */
      definitionId: z.uuid().optional(),
      /** Where its images are pushed: a host and a path. */
      registry: z.string().min(1).default('ghcr.io/fairlead'),
      /** A drawing in the package. */
      icon: z.string().min(1).default('icon.svg'),
      /** Where that drawing is published. */
      iconUrl: z.url().optional(),
      /** An address to show: `duckdb:/data/shop.duckdb`. */
      example: z.string().optional(),
      releaseStage: z.enum(['alpha', 'beta', 'generally_available', 'custom']).default('alpha'),
      supportLevel: z.enum(['community', 'certified', 'archived']).default('community'),
      subtype: z
        .enum(['api', 'database', 'file', 'message_queue', 'custom', 'datalake', 'vectorstore'])
        .default('custom'),
      /** The hosts that it speaks to; none for one that stays on its machine. */
      allowedHosts: z.array(z.string()).default([]),
      /** Streams of a source that most users want. */
      suggestedStreams: z.array(z.string()).default([]),
      /** How much memory its process may take, as Kubernetes writes it. */
      memory: z.string().min(1).default('1Gi'),
      /** How long it may say nothing before it counts as stuck. */
      maxSecondsBetweenMessages: z.int().min(1).default(86_400),
      /** What users have to do before they take a version: `{ '2.0.0': { … } }`. */
      breakingChanges: z
        .record(
          z.string(),
          z.looseObject({ message: z.string().min(1), upgradeDeadline: z.iso.date() }),
        )
        .default({}),
    })
    .prefault({}),
});
export type Manifest = z.infer<typeof Manifest>;
