/** Next.js calls it once when the server starts (its file convention `instrumentation`). */
export async function register(): Promise<void> {
  const [{ theManager }, { startSweeps }] = await Promise.all([
    import("./server/manager.ts"),
    import("./server/sweeps.ts"),
  ]);
  startSweeps(theManager());
}
