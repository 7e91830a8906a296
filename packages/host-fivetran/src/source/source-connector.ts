import { create } from '@bufbuild/protobuf';
import { type Mask, noMask } from '@fairlead/host-io';
import { describeFailure, isFailure, settingsSchema, type Source } from '@fairlead/sdk';
import { statusOf, unary } from '../grpc/answers.ts';
import { configurationForm } from '../grpc/configuration-form.ts';
import type { Methods } from '../grpc/run-program.ts';
import {
  ConfigurationFormRequestSchema,
  ConfigurationFormResponseSchema,
  TestRequestSchema,
  type TestResponse,
  TestResponseSchema,
} from '../protocol/common.gen.ts';
import { SchemaRequestSchema, SchemaResponseSchema } from '../protocol/connector_sdk.gen.ts';
import { Discoveries } from './discoveries.ts';
import { openSource } from './open-source.ts';
import { schemaResponse } from './schema-message.ts';
import { serveUpdate, type UpdateOptions } from './serve-update.ts';
import { schemaLevel, sourceTables } from './source-table.ts';
import { sourceTests, testSource } from './source-tests.ts';

export interface SourceConnectorOptions extends UpdateOptions {}

/** The methods of the service `SourceConnector` for a source, by their paths. */
export function sourceConnector(source: Source, options: SourceConnectorOptions = {}): Methods {
  const discoveries = new Discoveries();
  const path = (method: string) => `/fivetran_sdk.v2.SourceConnector/${method}`;
  return {
    [path('ConfigurationForm')]: unary(
      ConfigurationFormRequestSchema,
      ConfigurationFormResponseSchema,
      () =>
        configurationForm(settingsSchema(source.config), { tests: sourceTests, selection: true }),
    ),
    [path('Test')]: unary(TestRequestSchema, TestResponseSchema, async (request, { signal }) => {
      let mask: Mask = noMask;
      try {
        const opened = openSource(source, request.configuration, options);
        mask = opened.mask;
        await testSource(opened.connect(), request.name, { signal, log: opened.log });
        return answerOf({ case: 'success', value: true });
      } catch (error) {
        return answerOf({ case: 'failure', value: mask(textOf(error)) });
      }
    }),
    [path('Schema')]: unary(
      SchemaRequestSchema,
      SchemaResponseSchema,
      async (request, { signal }) => {
        let mask: Mask = noMask;
        try {
          const opened = openSource(source, request.configuration, options);
          mask = opened.mask;
          const scope = { signal, log: opened.log };
          const { configuration } = request;
          const streams = await discoveries.discover(opened.connect(), configuration, scope);
          return schemaResponse(sourceTables(source, streams), schemaLevel(source) !== undefined);
        } catch (error) {
          throw statusOf(error, mask);
        }
      },
    ),
    [path('Update')]: (call) => serveUpdate(source, call, { ...options, discoveries }),
  };
}

function answerOf(response: TestResponse['response']): TestResponse {
  return create(TestResponseSchema, { response });
}

function textOf(error: unknown): string {
  if (isFailure(error)) return describeFailure(error);
  return error instanceof Error ? error.message : String(error);
}
