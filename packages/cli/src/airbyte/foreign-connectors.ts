import { airbyteDestination, airbyteSource } from '@fairlead/host-airbyte';
import type { Materialization, Source } from '@fairlead/sdk';
import { maskMaterialization, maskSource } from './mask-connector.ts';
import { maskFor } from './mask-for.ts';

/** Any executable that is an Airbyte source. None of its secrets is logged or told. */
export const foreignSource: Source = maskSource(airbyteSource, maskFor);

/** Any executable that is an Airbyte destination. None of its secrets is logged or told. */
export const foreignDestination: Materialization = maskMaterialization(airbyteDestination, maskFor);
