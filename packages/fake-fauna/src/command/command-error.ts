/** Something that the user of the command can put right. Its message is all there is to tell. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
