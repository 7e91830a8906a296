import { expectNone, expectSame, expectThat, type Check } from '../check.ts';
import { destinationCheck, echoes, occasion } from './destination-run.ts';
import type { AirbyteDestinationSuite } from './destination-suite.ts';
import { configured, record, state, status, turn } from './input.ts';
import { idOfStream, type MessageOf } from './message.ts';

/** When and how states come back. */
export function stateEchoChecks(suite: AirbyteDestinationSuite): Check[] {
  const users = { name: 'users' };
  const orders = { name: 'orders', namespace: 'shop' };
  const streams = [configured(users, 'append_dedup', [1, 0]), configured(orders, 'append', [1, 0])];
  const row = (id: number) => record(users, { id });
  return [
    destinationCheck(suite, 'states come back in order, as they were', async ({ sync }) => {
      const sent = [
        state(users, { page: 1, unknown: { deep: [null, '\u2028'] } }),
        state(users, {}).replace('{}', '{"at":12345678901234567890.123,"odd":"\\ud800"}'),
        state(orders, { page: 1 }),
        state(users, null),
        '{"type":"STATE", "extra":1, "state":{"global":null,"type":"STREAM","x":1e3,"stream":{"stream_descriptor":{"name":"users"},"stream_state":{}}}}',
      ];
      const lines = sent.flatMap((line, id) => [row(id), line]);
      const transcript = await sync(streams, [...turn(users, lines), ...turn(orders, [])]);
      expectNone(transcript.noise);
      const expected = sent.map(stateText);
      expectSame(
        echoes(transcript).map(({ line }) => stateText(line)),
        expected,
        'the states',
      );
      const text = echoes(transcript)
        .map(({ line }) => line)
        .join('\n');
      for (const digits of ['12345678901234567890.123', '\\ud800']) {
        expectThat(text.includes(digits), `${digits} was lost on the way`);
      }
    }),
    destinationCheck(suite, 'states of all streams come back, too', async ({ sync }) => {
      const sent = [1, 2].map((at) => {
        const part = { stream_descriptor: users, stream_state: { at } };
        const global = { shared_state: { at }, stream_states: [part] };
        return JSON.stringify({ type: 'STATE', state: { type: 'GLOBAL', global } });
      });
      const lines = [row(1), record(orders, { id: 1 }), sent[0] ?? '', row(2), sent[1] ?? ''];
      const begun = [status(users, 'STARTED'), status(orders, 'STARTED')];
      const ended = [status(users, 'COMPLETE'), status(orders, 'COMPLETE')];
      const transcript = await sync(streams, [...begun, ...lines, ...ended]);
      expectSame(
        echoes(transcript).map(({ line }) => stateText(line)),
        sent.map(stateText),
        'they',
      );
      expectSame(echoes(transcript).map(countOf), [2, 1], 'their counts');
    }),
    destinationCheck(suite, 'states come back with the number of their records', async (run) => {
      const { sync } = run;
      const lines = [row(1), row(2), state(users, 1), state(users, 2), row(3), state(users, 3)];
      const others = [record(orders, { id: 1 }), state(orders, 1)];
      const transcript = await sync(streams, [...turn(users, lines), ...turn(orders, others)]);
      const told = echoes(transcript).map((message) => {
        const { stream } = message.state;
        return `${stream ? idOfStream(stream.stream_descriptor) : ''} ${countOf(message)}`;
      });
      expectSame(told, ['users 2', 'users 0', 'users 1', 'shop.orders 1'], 'the counts');
    }),
    ...(suite.keeps === false ? [] : [durabilityCheck(suite)]),
    ...(suite.fences === false || suite.keeps === false ? [] : [fenceCheck(suite)]),
  ];
}

function durabilityCheck(suite: AirbyteDestinationSuite): Check {
  const users = { name: 'users' };
  const streams = [configured(users, 'append_dedup', [1, 0])];
  const row = (id: number) => record(users, { id });
  const name = 'the rows before a state that came back survive a kill';
  return destinationCheck(suite, name, async ({ write, sync, texts, rows }) => {
    const echo = occasion();
    const kill = new AbortController();
    let came = false;
    async function* input() {
      yield* [status(users, 'STARTED'), row(1), row(2), state(users, 1), row(3)];
      came = await echo.within(suite.echoMs ?? 30_000);
      kill.abort();
      yield row(4);
    }
    const onLine = (line: string) => line.includes('"STATE"') && echo.happens();
    const killed = await write(streams, input(), { onLine, kill: kill.signal });
    expectThat(killed.end !== 0, 'it ends with 0 when it is killed');
    if (came) {
      const found = (await rows(users)).map((one) => String(one['id']));
      expectThat(found.includes('1') && found.includes('2'), `there are the rows ${found.join()}`);
    }
    await sync(streams, turn(users, [...(came ? [] : [row(1), row(2)]), row(3), row(4)]));
    expectSame(await texts(users, ['id']), ['1', '2', '3', '4'], 'the rows in the end');
  });
}

function fenceCheck(suite: AirbyteDestinationSuite): Check {
  const users = { name: 'users' };
  const streams = [configured(users, 'append_dedup', [1, 0])];
  const row = (id: number) => record(users, { id });
  const name = 'a process that a later one has fenced out commits no more';
  return destinationCheck(suite, name, async ({ write, sync, texts }) => {
    const echo = occasion();
    async function* input() {
      yield* [status(users, 'STARTED'), row(1), state(users, { at: 1 })];
      await echo.within(suite.echoMs ?? 30_000);
      await sync(streams, turn(users, [row(2), state(users, { at: 2 })]));
      yield* [row(3), state(users, { at: 3 }), status(users, 'COMPLETE')];
    }
    const onLine = (line: string) => line.includes('"STATE"') && echo.happens();
    const old = await write(streams, input(), { onLine });
    expectThat(old.end !== 0, 'it ends with 0');
    const late = echoes(old).some(({ line }) => line.includes('{"at":3}'));
    expectThat(!late, 'it says that it has committed');
    const found = await texts(users, ['id']);
    expectThat(!found.includes('3'), 'it has committed');
    expectThat(found.includes('2'), 'what the later one has committed is gone');
  });
}

/** A state as it was before the destination noted something on it. */
function stateText(line: string): string {
  const message: { state: Record<string, unknown> } = JSON.parse(line);
  const { destinationStats: _, ...kept } = message.state;
  return JSON.stringify({ ...message, state: kept });
}

function countOf({ state: { destinationStats } }: MessageOf<'STATE'>): number | undefined {
  return destinationStats?.recordCount;
}
