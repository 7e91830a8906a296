import { describe, test } from 'vitest';
import { airbyteDestinationChecks } from './airbyte/destination-checks.ts';
import type { AirbyteDestinationSuite } from './airbyte/destination-suite.ts';
import { nameOfProgram } from './airbyte/program.ts';
import { airbyteSourceChecks } from './airbyte/source-checks.ts';
import type { AirbyteSourceSuite } from './airbyte/source-suite.ts';
import type { Check } from './check.ts';
import type { FivetranFunctionSuite, FivetranSourceSuite } from './fivetran/fivetran-suite.ts';
import { fivetranFunctionChecks } from './fivetran/function-checks.ts';
import { fivetranSourceChecks } from './fivetran/source-checks.ts';
import { flowCaptureChecks } from './flow/capture-checks.ts';
import type { FlowCaptureSuite } from './flow/capture-options.ts';
import { starterOf } from './flow/flow-start.ts';
import { flowMaterializationChecks } from './flow/materialization-checks.ts';
import type { FlowMaterializationSuite } from './flow/materialization-options.ts';
import { materializationChecks } from './materialization-checks.ts';
import type { MaterializationSuite } from './materialization-suite-options.ts';
import { sourceChecks } from './source-checks.ts';
import type { SourceSuite } from './source-suite-options.ts';

/** Registers the tests that every source has to pass. */
export function testSource(suite: SourceSuite): void {
  register(`${suite.source.name} is a source`, sourceChecks(suite));
}

/** Registers the tests that every materialization has to pass. */
export function testMaterialization(suite: MaterializationSuite): void {
  register(`${suite.materialization.name} is a materialization`, materializationChecks(suite));
}

/** Registers the tests that every Flow capture has to pass, ours or another's. */
export function testFlowCapture(suite: FlowCaptureSuite): void {
  register(`${starterOf(suite).name} is a Flow capture`, flowCaptureChecks(suite));
}

/** Registers the tests that every source of Airbyte has to pass, ours or another's. */
export function testAirbyteSource(suite: AirbyteSourceSuite): void {
  const name = nameOfProgram(suite.source);
  register(`${name} is a source of Airbyte`, airbyteSourceChecks(suite));
}

/** Registers the tests that every destination of Airbyte has to pass, ours or another's. */
export function testAirbyteDestination(suite: AirbyteDestinationSuite): void {
  const name = nameOfProgram(suite.destination);
  register(`${name} is a destination of Airbyte`, airbyteDestinationChecks(suite));
}

/** Registers the tests that every Flow materialization has to pass, ours or another's. */
export function testFlowMaterialization(suite: FlowMaterializationSuite): void {
  register(`${starterOf(suite).name} is a Flow materialization`, flowMaterializationChecks(suite));
}

/** Registers the tests that every source has to pass as a function of Fivetran's. */
export function testFivetranFunction(suite: FivetranFunctionSuite): void {
  register(`${suite.source.name} is a function of Fivetran`, fivetranFunctionChecks(suite));
}

/** Registers the tests that every source has to pass by gRPC for Fivetran. */
export function testFivetranSource(suite: FivetranSourceSuite): void {
  register(`${suite.source.name} is a source of Fivetran`, fivetranSourceChecks(suite));
}

function register(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const { name, run } of checks) test(name, run);
  });
}
