import {
  type CaptureConnector,
  type CaptureRequestDraft,
  callOnce,
  type CodecName,
  discoverCapture,
  type DiscoveredBinding,
  jsonText,
} from '@fairlead/host-flow';
import { expectNone, inTime } from '../check.ts';
import { resumeProblems } from '../compare-documents.ts';
import type { DocumentsByStream } from '../source-run.ts';
import type { FlowCaptureFixture, FlowCaptureSuite } from './capture-options.ts';
import { type FlowReading, readSession, type SessionPlan } from './capture-reading.ts';
import { starterOf } from './flow-start.ts';
import { RunningConnectors } from './running-connectors.ts';

export type CaptureSpec = NonNullable<Extract<CaptureRequestDraft, { is: 'open' }>['capture']>;

/** A capture whose fixture is in place. */
export interface FlowCaptureRun extends AsyncDisposable {
  readonly suite: FlowCaptureSuite;
  readonly connector: CaptureConnector;
  readonly fixture: FlowCaptureFixture;
  /** What it offers, of the streams that the fixture wants. */
  offered(): Promise<readonly DiscoveredBinding[]>;
  /** The task with a binding for each of them, as Flow would build it. */
  task(): Promise<CaptureSpec>;
  /** Reads to the last document, or as the plan says. */
  read(plan?: Partial<SessionPlan>): Promise<FlowReading>;
  /** Fails unless the parts have together, in this order, what the whole has. */
  expectRest(whole: DocumentsByStream, parts: readonly DocumentsByStream[], what: string): void;
}

/** Puts the fixture of a suite in place. */
export async function startCapture(
  suite: FlowCaptureSuite,
  codec: CodecName,
): Promise<FlowCaptureRun> {
  const fixture = await suite.prepare();
  const running = new RunningConnectors(starterOf(suite).start({}));
  const connector = { launch: running.launch, codec };
  const { patienceMs, quietMs = 40, stable = (line) => line } = suite;
  let offered: Promise<readonly DiscoveredBinding[]> | undefined;
  let task: Promise<CaptureSpec> | undefined;
  const run: FlowCaptureRun = {
    suite,
    connector,
    fixture,
    offered: () =>
      (offered ??= inTime(offeredBindings(connector, fixture), 'discovering', patienceMs)),
    task: () =>
      (task ??= run.offered().then((found) => {
        return inTime(buildTask(connector, fixture, found), 'validating', patienceMs);
      })),
    async read(plan = {}) {
      const capture = await run.task();
      const whole = { capture, state: {}, documents: fixture.documents, quietMs, stable };
      return await inTime(readSession(connector, { ...whole, ...plan }), 'a session', patienceMs);
    },
    expectRest(whole, parts, what) {
      expectNone(resumeProblems(whole, parts, suite), what);
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]?.();
    },
  };
  return run;
}

/** The request that validates bindings for what a capture offers. */
export function validateRequest(
  fixture: FlowCaptureFixture,
  offered: readonly DiscoveredBinding[],
): CaptureRequestDraft {
  return {
    is: 'validate',
    name: taskName,
    connectorType: 'LOCAL',
    config: jsonText(fixture.settings),
    bindings: offered.map((found) => ({
      resourceConfig: resourceOf(found),
      collection: collectionOf(found),
    })),
  };
}

async function offeredBindings(
  connector: CaptureConnector,
  { settings, streams }: FlowCaptureFixture,
): Promise<readonly DiscoveredBinding[]> {
  const all = await discoverCapture(connector, settings);
  if (streams === undefined) return all.filter(({ disable }) => !disable);
  return streams.map((name) => {
    const found = all.find(({ recommendedName }) => recommendedName === name);
    if (found === undefined) throw new Error(`the capture offers no ${name}`);
    return found;
  });
}

async function buildTask(
  connector: CaptureConnector,
  fixture: FlowCaptureFixture,
  offered: readonly DiscoveredBinding[],
): Promise<CaptureSpec> {
  const { bindings } = await callOnce(connector, 'validated', validateRequest(fixture, offered));
  return {
    name: taskName,
    connectorType: 'LOCAL',
    config: jsonText(fixture.settings),
    intervalSeconds: 300,
    bindings: offered.map((found, index) => {
      const { resourcePath = [] } = bindings[index] ?? {};
      return {
        resourceConfig: resourceOf(found),
        resourcePath,
        collection: collectionOf(found),
        stateKey: encodeURIComponent(resourcePath.join('/')),
      };
    }),
  };
}

function collectionOf({ recommendedName, key, documentSchema }: DiscoveredBinding) {
  return {
    name: `acmeCo/${recommendedName}`,
    key,
    uuidPtr: '/_meta/uuid',
    writeSchema: documentSchema ?? jsonText({}),
  };
}

function resourceOf({ resourceConfig }: DiscoveredBinding): Uint8Array {
  return resourceConfig ?? jsonText({});
}

const taskName = 'acmeCo/test';
