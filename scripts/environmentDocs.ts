import { type VariableName, variables } from "@email-agent/shared/kit/variables.ts";

interface Row {
  readonly name: string;
  readonly names: readonly string[];
  readonly meaning: string;
  readonly usedBy: readonly string[];
  readonly value: string;
  readonly note: string;
}

/** `.env.example`: what an operator must supply is an empty assignment, everything else a comment with its default. */
export function environmentExample(): string {
  const lines = rows().map((row) => {
    const head = `# ${row.meaning} (${row.usedBy.join(", ")}; ${row.note})`;
    return `${head}\n${row.note === "required" ? "" : "#"}${row.name}=${row.value}`;
  });
  return `# Made by npm run fix from shared/src/kit/variables.ts. Copy it to .env in the folder a service is started in.\n\n${lines.join("\n\n")}\n`;
}

/** `docs/environment.md`: one table of all variables. */
export function environmentPage(): string {
  const table = rows().map((row) => {
    const names = row.names.map((name) => `\`${name}\``).join(", ");
    return `| ${names} | ${row.note === "default" ? `\`${row.value}\`` : row.note} | ${row.usedBy.join(", ")} | ${row.meaning.replaceAll("|", "\\|")} |`;
  });
  return [
    "# Environment variables",
    "",
    "Made by `npm run fix` from `shared/src/kit/variables.ts`; do not edit. Each service reads its rows at start, names everything",
    "missing or wrong at once, and exits. Values come from the environment or from a file `.env` in the folder it is started in (the",
    "environment wins). *required*: the operator supplies it. *from infra*: the CDK app or the local stack fills it in. The first name",
    "wins over the others.",
    "",
    "| Variable | Default | Used by | Meaning |",
    "|---|---|---|---|",
    ...table,
    "",
    "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` work as for any AWS client; roles are recommended.",
    "",
  ].join("\n");
}

function rows(): Row[] {
  return (Object.keys(variables) as VariableName[]).map((name) => {
    const variable: (typeof variables)[VariableName] & {
      from?: string;
      default?: string;
      aliases?: readonly string[];
    } = variables[name];
    const value = variable.default ?? "";
    const note =
      variable.from === "operator"
        ? "required"
        : variable.from === "infra"
          ? "from infra"
          : value
            ? "default"
            : "empty";
    return {
      name,
      names: [name, ...(variable.aliases ?? [])],
      meaning: variable.meaning,
      usedBy: variable.usedBy,
      value,
      note,
    };
  });
}
