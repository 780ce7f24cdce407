import { counted } from "../money.js";
import { ok, wrong } from "./check.js";
import { needsData } from "./needs-data.js";

/** Imports that were cut short: what they brought is not complete. */
export const imports = needsData("imports", async (data) => {
  const [{ unfinished }, { total }] = [
    await data.call("get_coverage", {}),
    await data.call("list_imports", { max_rows: 1 }),
  ];
  const [first] = unfinished;
  if (first === undefined) return total === 0 ? null : ok(`${counted(total, "import")}, all complete`);
  const again = first.feed === null ? "import the file again" : "aicost sync";
  const more = unfinished.length === 1 ? "" : `, and ${unfinished.length - 1} more`;
  return wrong(
    `the import of ${first.source_name} is not complete${more}`,
    `${again}, or: aicost imports undo ${first.id.slice(0, 8)}`,
  );
});
