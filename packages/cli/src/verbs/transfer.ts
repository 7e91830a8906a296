import { newStatus, run, type Pipeline, type RunReport } from '@fairlead/runtime';
import { isFailure } from '@fairlead/sdk';
import { conclude, logOf, tell, type Invocation } from '../invocation.ts';
import { renderReport, reportJson } from '../render-report.ts';
import { showProgress } from '../show-progress.ts';

/**
 * Runs a pipeline, shows how it goes, and writes how it ended, also when it fails after it has
 * committed something.
 *
 * @throws {Failure} the pipeline's, or the first of its streams'.
 */
export async function transfer(
  invocation: Invocation,
  pipeline: Pipeline,
  { watch }: { readonly watch: boolean },
): Promise<void> {
  const { interruption, options, environment, terminal } = invocation;
  const log = logOf(invocation);
  const status = newStatus();
  interruption.stopGently(() =>
    tell(invocation, 'stopping after the next commit; again to stop at once'),
  );
  let report: RunReport;
  try {
    using _progress = showProgress({
      status,
      log,
      terminal,
      display: environment.display,
      quiet: options.quiet === true,
    });
    report = await run(pipeline, {
      log,
      status,
      signal: interruption.now,
      stop: interruption.stop,
      until: watch ? 'forever' : 'caught-up',
    });
  } catch (error) {
    if (!isFailure(error) || status.commits === 0) throw error;
    const durationMs = Date.now() - status.startedMs;
    report = { status, durationMs, stopped: false, failure: error };
  }
  const text =
    options.json === true
      ? `${JSON.stringify(reportJson(pipeline.name, report))}\n`
      : renderReport(report);
  await conclude(invocation.output, text, report.failure);
}
