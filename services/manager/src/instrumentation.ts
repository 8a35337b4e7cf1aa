/** Next.js calls it once when the server starts (its file convention `instrumentation`). */
export async function register(): Promise<void> {
  const [{ theManager }, { startSweeps }, { addFirstAdministratorAtStart }] = await Promise.all([
    import("./server/manager.ts"),
    import("./server/sweeps.ts"),
    import("./server/signIn/addFirstAdministrator.ts"),
  ]);
  startSweeps(theManager());
  // Pages are there meanwhile, also while the table does not respond.
  void addFirstAdministratorAtStart(theManager(), (milliseconds) => new Promise((go) => setTimeout(go, milliseconds)));
}
