import type { Pool, User } from "@email-agent/shared/domain/configItems.ts";
import { ConfigurationError } from "@email-agent/shared/domain/configurationError.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { EventRecord } from "@email-agent/shared/domain/event.ts";
import { checkPools, eventsNamedByPools, type PoolExplanation } from "@email-agent/shared/domain/recipients/pool.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { PersonPools, ShownPool } from "../../api/people.ts";
import type { Manager } from "../manager.ts";
import { findPerson, type PersonPorts } from "./findPerson.ts";

/**
 * `GET /api/people/{id}/pools?event=&subEvent=`: what every pool says of the person for this part of the event, and which
 * attribute accepts or refuses them. Throws as `findPerson`; AppError `not-found` for an event the user may not see.
 */
export async function explainPools(
  ports: PersonPorts & Pick<Manager, "events">,
  user: User,
  id: string,
  asked: { readonly event: string; readonly subEvent: string },
): Promise<PersonPools> {
  const participant = await findPerson(ports, user, id);
  const event = maySee(user, asked.event) && asked.event !== "" ? await ports.events.get(asked.event) : undefined;
  if (!event) throw new AppError("not-found", `There is no event ${asked.event}, or you have no access to it.`);
  const [pools, stages] = await Promise.all([ports.configTable.pools(), ports.configTable.stages()]);
  const further = new Map<string, EventRecord | undefined>();
  const explain = async (name: string): Promise<ShownPool> => {
    try {
      for (const code of eventsNamedByPools(pools, [name]))
        if (!further.has(code)) further.set(code, await ports.events.get(code));
      const known = new Map([...further].flatMap(([code, one]) => (one ? [[code, one] as const] : [])));
      const checked = checkPools(pools, [name], known);
      return shownTo(user, checked.explain(name, participant, event, asked.subEvent));
    } catch (error) {
      // One pool that is wrong hides no other.
      if (error instanceof ConfigurationError)
        return { pool: name, accepts: false, problem: error.message, attributes: [] };
      throw error;
    }
  };
  const explained: PersonPools["pools"][number][] = [];
  for (const name of inOrder(pools, event))
    explained.push({
      ...(await explain(name)),
      isOfEvent: name === event.config.pool,
      stages: stages.filter((stage) => stage.pools.includes(name)).map((stage) => stage.name),
    });
  return { pools: explained };
}

/** That of the event first, then by name. */
function inOrder(pools: ReadonlyMap<string, Pool>, { config }: EventRecord): string[] {
  const others = [...pools.keys()].filter((name) => name !== config.pool).sort((a, b) => a.localeCompare(b, "en"));
  return [...(config.pool ? [config.pool] : []), ...others];
}

/** What an attribute says about another event is for users who may see that event. */
export function shownTo(user: User, { attributes, ...pool }: PoolExplanation): ShownPool {
  return {
    ...pool,
    attributes: attributes.map(({ attribute, pools, ...verdict }) => {
      const { aid } = attribute;
      if (typeof aid === "string" && !maySee(user, aid))
        return { attribute: { type: attribute.type }, accepts: false, hidden: true, pools: [] };
      return { attribute, ...verdict, pools: pools.map((one) => shownTo(user, one)) };
    }),
  };
}
