import { type CompletedCommand, firstWords, lines, type Values } from "./tree.js";

/** A script for PowerShell 5.1 or newer. */
export const powershellScript = (
  tree: readonly CompletedCommand[],
): string => `# Completion of aicost for PowerShell.
# Load it in $PROFILE with: aicost completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName aicost -ScriptBlock {
  param($word, $line, $position)
  $next = @{
    '' = @(${list(firstWords(tree).map(({ word }) => word))})
${lines(
  firstWords(tree)
    .filter(({ next }) => next.length > 0)
    .map(({ word, next }) => `    ${quoted(word)} = @(${list(next)})`),
)}
  }
  $flags = @{
${lines(tree.map(({ name, flags }) => `    ${quoted(name)} = @(${list(flags.map((flag) => `--${flag.name}`))})`))}
  }
  $values = @{
${lines(tree.flatMap(valueLines))}
  }
  # The words before the one that is completed, without aicost itself.
  $before = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } |
    Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $command = ''
  foreach ($each in $before | Select-Object -First 2) {
    $longer = "$command $each".Trim()
    if ($flags.ContainsKey($longer) -or $next.ContainsKey($longer)) { $command = $longer } else { break }
  }
  $last = if ($before.Count -gt 0) { $before[-1] } else { '' }
  $words = if ($values.ContainsKey("$command $last")) { $values["$command $last"] }
    elseif ($word -like '-*') { $flags[$command] }
    elseif ($before.Count -eq @($command -split ' ' | Where-Object { $_ }).Count) { $next[$command] }
  $words | Where-Object { $_ -like "$word*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const list = (texts: readonly string[]): string => texts.map(quoted).join(", ");

const valueLines = ({ name, flags }: CompletedCommand): string[] =>
  flags.flatMap(({ name: flag, char, values }) =>
    isList(values)
      ? [`--${flag}`, ...(char === null ? [] : [`-${char}`])].map(
          (typed) => `    ${quoted(`${name} ${typed}`)} = @(${list(values)})`,
        )
      : [],
  );

const isList = (values: Values | null): values is readonly string[] => Array.isArray(values);
