import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { createGrpcServer, type GrpcServer, type Target } from '@fairlead/grpc';
import {
  mostMessageBytes,
  ConfigurationFormResponseSchema,
  SchemaRequestSchema,
  SchemaResponseSchema,
  TestRequestSchema,
  TestResponseSchema,
  UpdateRequestSchema,
  UpdateResponseSchema,
  type UpdateRequest,
} from '@fairlead/host-fivetran/protocol';

type Form = MessageInitShape<typeof ConfigurationFormResponseSchema>;
type SchemaAnswer = MessageInitShape<typeof SchemaResponseSchema>;
export type Update = MessageInitShape<typeof UpdateResponseSchema>;

/** What a source says when it is asked. */
export interface SourceScript {
  readonly form?: Form;
  /** Why a test fails; undefined when it passes. */
  readonly test?: (
    name: string,
    configuration: Readonly<Record<string, string>>,
  ) => string | undefined;
  readonly schema?: SchemaAnswer;
  readonly update?: (request: UpdateRequest) => AsyncIterable<Update> | Iterable<Update>;
}

/** A source connector that follows a script, on a free port. */
export interface ScriptedSource extends AsyncDisposable {
  readonly target: Target;
  readonly server: GrpcServer;
  /** The requests of Update, in order. */
  readonly requests: readonly UpdateRequest[];
}

export async function scriptedSource(script: SourceScript): Promise<ScriptedSource> {
  const requests: UpdateRequest[] = [];
  const path = (name: string) => `/fivetran_sdk.v2.SourceConnector/${name}`;
  const server = createGrpcServer(
    {
      [path('ConfigurationForm')]: async (call) => {
        await call.request();
        const form = create(ConfigurationFormResponseSchema, script.form ?? {});
        await call.write(toBinary(ConfigurationFormResponseSchema, form));
      },
      [path('Test')]: async (call) => {
        const request = fromBinary(TestRequestSchema, await call.request());
        const failure = script.test?.(request.name, request.configuration);
        const answer = create(TestResponseSchema, {
          response:
            failure === undefined
              ? { case: 'success', value: true }
              : { case: 'failure', value: failure },
        });
        await call.write(toBinary(TestResponseSchema, answer));
      },
      [path('Schema')]: async (call) => {
        fromBinary(SchemaRequestSchema, await call.request());
        const answer = script.schema ?? {
          response: { case: 'schemaResponseNotSupported', value: true },
        };
        await call.write(toBinary(SchemaResponseSchema, create(SchemaResponseSchema, answer)));
      },
      [path('Update')]: async (call) => {
        const request = fromBinary(UpdateRequestSchema, await call.request());
        requests.push(request);
        for await (const update of script.update?.(request) ?? []) {
          await call.write(toBinary(UpdateResponseSchema, create(UpdateResponseSchema, update)));
        }
      },
    },
    { maxMessageBytes: mostMessageBytes },
  );
  const target = await server.listen();
  return { target, server, requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
