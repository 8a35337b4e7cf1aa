const event = "email-agent imports waiting";
const hints = process;

/** Tells the worker of this process that an import waits. Routes are bundled apart from it, so the process carries it. */
export function hintImportsWaiting(): void {
  hints.emit(event as never, undefined as never);
}

/** Calls `listener` at each hint until disposed. */
export function onImportsWaiting(listener: () => void): Disposable {
  hints.on(event as never, listener as never);
  return { [Symbol.dispose]: () => void hints.off(event as never, listener as never) };
}
