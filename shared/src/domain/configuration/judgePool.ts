import type { Pool } from "../configItems.ts";
import { ConfigurationError } from "../configurationError.ts";
import { checkPools } from "../recipients/pool.ts";
import { poolTypeNamed } from "../recipients/poolTypes.ts";
import { poolParameterTitle } from "../recipients/poolTypeWords.ts";
import type { Faults, Item } from "./itemFaults.ts";
import { keyOf } from "./kinds.ts";
import type { Configuration } from "./references.ts";

/** The rules of a pool, whose item fits its schema: known types with all their parameters, and no circle of pools. */
export function judgePool({ pool }: Configuration, item: Item): Faults {
  const { attributes = [] } = item as unknown as Partial<Pool>;
  const faults: Faults = {};
  for (const [index, attribute] of attributes.entries()) Object.assign(faults, attributeFaults(index, attribute));
  return Object.keys(faults).length > 0 ? faults : circleFaults(pool, { attributes: [], ...item });
}

function attributeFaults(index: number, attribute: Item): Faults {
  const faults: Faults = {};
  const at = `attributes.${index}`;
  const type = poolTypeNamed(String(attribute["type"]));
  if (!type)
    return { [`${at}.type`]: `There is no pool type "${attribute["type"]}". Choose what the attribute asks for.` };
  for (const [parameter, kind] of Object.entries(type.parameters)) {
    const value = attribute[parameter];
    const values = kind === "pools" ? value : [value];
    if (
      Array.isArray(values) &&
      values.length > 0 &&
      values.every((one) => typeof one === "string" && one.trim() !== "")
    )
      continue;
    const title = poolParameterTitle(String(attribute["type"]), parameter).toLowerCase();
    faults[`${at}.${parameter}`] =
      kind === "text" ? `Enter the ${title}.` : kind === "pool" ? "Choose a pool." : "Choose one pool at least.";
  }
  return faults;
}

function circleFaults(pools: Configuration["pool"], item: Item): Faults {
  const name = keyOf("pool", item);
  const all = new Map([...pools].map(([key, other]) => [key, { ...other, name: key } as unknown as Pool]));
  const { attributes } = item as unknown as Pool;
  const faults: Faults = {};
  // One by one, for a circle is found where it closes, and that may be in another pool.
  for (const [index, attribute] of attributes.entries()) {
    all.set(name, { name, attributes: [attribute] });
    try {
      checkPools(all, [name]);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      // That a pool is missing is said at its parameter, and what is wrong with others at them.
      if (error.message.includes("closes a cycle"))
        faults[`attributes.${index}`] = `${error.message} Choose another pool.`;
    }
  }
  return faults;
}
