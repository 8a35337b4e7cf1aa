import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

interface Kept {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/** What the issuer remembers (sessions, codes, grants), in memory and until it expires; gone with the process. */
export function keptInMemory(): AdapterFactory {
  const all = new Map<string, Kept>();
  const alive = (key: string) => {
    const kept = all.get(key);
    if (kept && kept.expiresAt > Date.now()) return kept.payload;
    all.delete(key);
    return undefined;
  };
  const removeExpired = () => {
    for (const key of all.keys()) alive(key);
  };
  const findWhere = (model: string, fits: (payload: AdapterPayload) => boolean) =>
    [...all.keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .map(alive)
      .find((payload) => payload !== undefined && fits(payload));

  return (model): Adapter => ({
    async upsert(id, payload, expiresInSeconds = Number.POSITIVE_INFINITY) {
      removeExpired();
      all.set(`${model}:${id}`, { payload, expiresAt: Date.now() + expiresInSeconds * 1000 });
    },
    find: async (id) => alive(`${model}:${id}`),
    findByUid: async (uid) => findWhere(model, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => findWhere(model, (payload) => payload.userCode === userCode),
    async consume(id) {
      const payload = alive(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => void all.delete(`${model}:${id}`),
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of all) if (payload.grantId === grantId) all.delete(key);
    },
  });
}
