import { join } from "node:path";
import type { Command } from "commander";
import { group } from "./program.ts";

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** A script for a shell: it makes the command `ops` and completes its commands and options, made from the tree of commands. */
export function addCompletionCommands(program: Command): void {
  const completion = group(program, "completion", "Completion by Tab, and the short command `ops`, for a shell.");
  const uses = {
    bash: 'eval "$(npm run --silent ops -- completion bash)"',
    zsh: 'eval "$(npm run --silent ops -- completion zsh)"',
    fish: "npm run --silent ops -- completion fish | source",
  };
  for (const [shell, script] of Object.entries(shells))
    completion
      .command(shell)
      .description(`Prints the script for ${shell}.`)
      .addHelpText("after", `\nExample:\n  ${uses[shell as keyof typeof uses]}`)
      .exitOverride()
      .action(() => void process.stdout.write(script(nodesOf(program))));
}

/** A command with the words that lead to it, the commands below it and its options. */
interface Node {
  readonly path: string;
  readonly commands: readonly Command[];
  readonly options: readonly string[];
}

function nodesOf(program: Command, path = ""): Node[] {
  const options = program.options.flatMap(({ long }) => (long ? [long] : []));
  const below = program.commands.flatMap((one) => nodesOf(one, path === "" ? one.name() : `${path} ${one.name()}`));
  return [{ path, commands: program.commands, options: [...options, "--help"] }, ...below];
}

const entry = join(import.meta.dirname, "..", "ops.ts");
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function bashScript(nodes: readonly Node[]): string {
  const steps = nodes
    .filter(({ path }) => path !== "")
    .map(({ path }) => quoted(path.includes(" ") ? path : ` ${path}`));
  const cases = nodes.map(({ path, commands, options }) => {
    const words = [...commands.map((one) => one.name()), ...options].join(" ");
    return `    ${quoted(path)}) words=${quoted(words)} ;;`;
  });
  return `ops() { ${quoted(process.execPath)} ${quoted(entry)} "$@"; }
_ops() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$path $word" in
      ${steps.join(" | ")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _ops ops
`;
}

function zshScript(nodes: readonly Node[]): string {
  return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(nodes)}`;
}

function fishScript(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, commands, options }) => {
    const names = commands.map((one) => one.name());
    const seen = path
      .split(" ")
      .filter(Boolean)
      .map((word) => `__fish_seen_subcommand_from ${word}`);
    const here = [...seen, ...(names.length > 0 ? [`not __fish_seen_subcommand_from ${names.join(" ")}`] : [])].join(
      "; and ",
    );
    const flags = options.map((option) => `complete -c ops -n ${quoted(here || "true")} -l ${option.slice(2)}`);
    const below = commands.map(
      (one) =>
        `complete -c ops -f -n ${quoted(here)} -a ${one.name()} -d ${quoted(one.description().split(". ")[0] ?? "")}`,
    );
    return [...below, ...flags];
  });
  return `function ops; ${quoted(process.execPath)} ${quoted(entry)} $argv; end\n${lines.join("\n")}\n`;
}
