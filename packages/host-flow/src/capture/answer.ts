import {
  connect,
  describeFailure,
  Failure,
  isFailure,
  parseSettings,
  settingsSchema,
} from '@fairlead/sdk';
import type { Log, Source } from '@fairlead/sdk';
import type { CaptureRequest, CaptureResponseDraft } from '../protocol/capture-messages.ts';
import { protocolVersion } from '../protocol/flow-messages.ts';
import { jsonText, jsonValue } from '../protocol/json-text.ts';
import { discoveredSchema } from './document-schema.ts';
import { readResource, resourceForm, resourceOf, streamSettingOf } from './resource.ts';

/** What is needed to answer a request that has one answer. */
export interface AnswerScope {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly documentationUrl: string;
}

/** A request that has one answer. */
export type UnaryRequest = Exclude<CaptureRequest, { is: 'open' | 'acknowledge' }>;

/**
 * The answer to a request.
 * @throws {Failure} of any kind, as the source does.
 */
export async function answer(
  source: Source,
  request: UnaryRequest,
  scope: AnswerScope,
): Promise<CaptureResponseDraft> {
  switch (request.is) {
    case 'spec':
      return describeSource(source, scope.documentationUrl);
    case 'discover':
      return { is: 'discovered', bindings: await discover(source, request.config, scope) };
    case 'validate':
      return { is: 'validated', bindings: await validate(source, request, scope) };
    case 'apply':
      // Sources make what they need when they first read, so there is nothing to do ahead.
      return { is: 'applied', actionDescription: '' };
  }
}

/**
 * The source with the settings of a request.
 * @throws {Failure} config
 */
export function connectWith(source: Source, config: Uint8Array | undefined) {
  const read = jsonValue(config, `settings of ${source.name}`);
  const settings = read === undefined ? {} : read;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    return connect(source, settings);
  }
  // The keys with which the platform encrypted the settings may still be there.
  const { sops: _sops, ...own } = settings as Readonly<Record<string, unknown>>;
  return connect(source, own);
}

function describeSource(source: Source, documentationUrl: string): CaptureResponseDraft {
  const configSchema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: source.title,
    ...settingsSchema(source.config),
  };
  return {
    is: 'spec',
    protocol: protocolVersion,
    configSchema: jsonText(configSchema),
    resourceConfigSchema: jsonText(resourceForm(source)),
    documentationUrl,
    resourcePathPointers: [`/${streamSettingOf(source)}`],
  };
}

async function discover(source: Source, config: Uint8Array | undefined, scope: AnswerScope) {
  const streams = await connectWith(source, config).discover(scope);
  return streams.map((info) => ({
    recommendedName: info.name,
    resourceConfig: jsonText(resourceOf(source, info)),
    documentSchema: jsonText(discoveredSchema(info)),
    key: info.key,
  }));
}

async function validate(
  source: Source,
  { config, bindings }: Extract<CaptureRequest, { is: 'validate' }>,
  scope: AnswerScope,
) {
  const connected = connectWith(source, config);
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const paths = bindings.map(({ resourceConfig }, index) => {
    try {
      const { stream, resource } = readResource(source, resourceConfig, index);
      parseSettings(source.resource, resource, `stream ${stream}`);
      if (seen.has(stream)) {
        throw new Failure('config', 'two bindings read this stream', { where: `stream ${stream}` });
      }
      seen.add(stream);
      return { resourcePath: [stream] };
    } catch (error) {
      failures.push(asFailure(error));
      return { resourcePath: [] };
    }
  });
  await connected.check(scope).catch((error: unknown) => failures.push(asFailure(error)));
  throwTogether(failures);
  return paths;
}

/** Failures are gathered; anything else that is thrown is a bug. */
function asFailure(error: unknown): Failure {
  if (isFailure(error)) return error;
  throw error;
}

function throwTogether(failures: readonly Failure[]): void {
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const list = failures.map((failure) => describeFailure(failure)).join('; ');
  throw new Failure(first.kind, `${failures.length} things are wrong: ${list}`, { cause: first });
}
