/**
 * A stream of bytes that reads on only as its reader takes: one piece ahead, whatever the length of the whole. The first
 * piece is read before this returns, so that what fails at once becomes an error response. `onCancel` is called if the reader
 * went away.
 */
export async function streamText(
  texts: AsyncGenerator<string>,
  onCancel: (reason: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let first: IteratorResult<string> | undefined = await texts.next();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = first ?? (await texts.next());
      first = undefined;
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel(reason) {
      onCancel(reason);
      // The abort ends the read that is under way; its outcome does not matter any more.
      await texts.return(undefined).catch(() => undefined);
    },
  });
}
