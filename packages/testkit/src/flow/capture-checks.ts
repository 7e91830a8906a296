import { captureRequests, captureResponses } from '@fairlead/host-flow';
import type { Check } from '../check.ts';
import { captureFormChecks } from './capture-form-checks.ts';
import type { FlowCaptureSuite } from './capture-options.ts';
import { captureResumeChecks } from './capture-resume-checks.ts';
import { type FlowCaptureRun, startCapture } from './capture-run.ts';
import { captureSessionChecks } from './capture-session-checks.ts';
import { starterOf } from './flow-start.ts';
import { transportChecks } from './transport-checks.ts';

/** A check of a capture whose fixture is in place. */
export interface CaptureCheck {
  readonly name: string;
  readonly run: (run: FlowCaptureRun) => Promise<void>;
}

/** All that any Flow capture has to do, in each codec, as checks that can be run one by one. */
export function flowCaptureChecks(suite: FlowCaptureSuite): Check[] {
  const { codecs = ['json', 'proto'], wrong = [] } = suite;
  const transport = transportChecks().map(({ name, run }): CaptureCheck => ({
    name,
    run: async ({ connector: { codec }, fixture: { settings } }) =>
      await run({
        start: starterOf(suite).start,
        codec,
        settings,
        requests: captureRequests,
        responses: captureResponses,
        wrong,
      }),
  }));
  const checks = [
    ...transport,
    ...captureFormChecks(),
    ...captureSessionChecks(),
    ...captureResumeChecks(),
  ];
  return codecs.flatMap((codec) =>
    checks.map(({ name, run }) => ({
      name: `${codec}: ${name}`,
      async run() {
        await using capture = await startCapture(suite, codec);
        await run(capture);
      },
    })),
  );
}
