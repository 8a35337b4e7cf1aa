/** A process that can die at any of its calls to the outside, before or after the call took effect. */
export interface DyingProcess<Ports> {
  readonly ports: Ports;
  /** Even numbers: it dies before the call `crash / 2` from now on, odd ones: after it, when its response is lost. */
  dieAt(crash: number): void;
  /** The result of `work`; undefined once the process is dead. */
  unlessDead<Result>(work: Promise<Result>): Promise<Result | undefined>;
  readonly isDead: boolean;
}

type Outside = Readonly<Record<string, object>>;

/** A dead process hangs: none of its code goes on. Calls that return no promise pass. */
export function dyingProcess<Ports extends Outside>(given: Ports): DyingProcess<Ports> {
  const died = Promise.withResolvers<undefined>();
  const never = new Promise<never>(() => {});
  let [calls, crash, isDead] = [0, -1, false];
  const die = () => {
    isDead = true;
    died.resolve(undefined);
    return never;
  };
  const call = async (perform: () => unknown): Promise<unknown> => {
    if (isDead) return never;
    const mine = calls++;
    if (crash === 2 * mine) return die();
    const result = await perform();
    return crash === 2 * mine + 1 || isDead ? die() : result;
  };
  const guarded = (port: object) =>
    new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        const isAsync = asynchronous.has(String(name));
        return (...args: unknown[]) =>
          isAsync ? call(() => Reflect.apply(member, target, args)) : Reflect.apply(member, target, args);
      },
    });
  return {
    ports: Object.fromEntries(Object.entries(given).map(([name, port]) => [name, guarded(port)])) as unknown as Ports,
    dieAt(at) {
      [calls, crash] = [0, at];
    },
    unlessDead: (work) => Promise.race([work, died.promise]),
    get isDead() {
      return isDead;
    },
  };
}

/** The calls that leave a process. */
const asynchronous = new Set([
  ...["get", "write", "republish", "has", "put", "addStep", "addSettlement", "removeStep", "raise"],
  ...["claim", "settle", "settleAbandoned", "standings", "getMany", "resolveMany", "unresolveMany"],
]);
