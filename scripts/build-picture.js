// Draws docs/terminal.svg, the picture at the top of the README: what the built program prints for the examples.
import { openDemo } from "./demo.js";
import { madeFile } from "./made-file.js";
import { terminalSvg } from "./terminal-svg.js";

const COLUMNS = 90;
const COMMANDS = ["aicost report --range all --by provider,week --chart", "aicost today"];

const demo = openDemo(COLUMNS, { FORCE_COLOR: "1" });
try {
  demo.run("aicost import examples/*.csv");
  const steps = COMMANDS.map((command) => ({ command, output: demo.run(command) }));
  madeFile("docs/terminal.svg", terminalSvg(steps, COLUMNS), "npm run picture");
} finally {
  demo.close();
}
