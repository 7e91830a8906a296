import { GrpcError, Status } from '@fairlead/grpc';
import type { Settings } from '../settings.ts';
import type { Store } from '../store/store.ts';
import type { Micros } from '../time/micros.ts';
import type { Watch } from './watch.ts';

/** How a target begins: with all documents, after a reset or not, or with what changed since an instant. */
export type Beginning = 'full' | 'reset' | { readonly since: Micros };

/** How a watch begins. @throws {GrpcError} when it cannot resume from where it says it is */
export function beginningOf(
  { resumeAt }: Watch,
  store: Pick<Store, 'horizon' | 'checkReadTime' | 'readNow'>,
  { style, listen }: Pick<Settings, 'style' | 'listen'>,
): Beginning {
  if (resumeAt === undefined) return 'full';
  if (style === 'emulator') return 'reset';
  const oldest = store.readNow() - listen.resumeLimitMs * 1000;
  if (resumeAt >= Math.max(store.horizon(), oldest)) {
    store.checkReadTime(resumeAt);
    return { since: resumeAt };
  }
  if (listen.tooOldResume !== 'remove') return listen.tooOldResume;
  throw new GrpcError(Status.FAILED_PRECONDITION, 'The requested snapshot version is too old.');
}
