import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Job } from "../../src/lib/schedule/job.js";
import type { Machine } from "../../src/lib/schedule/machine.js";
import { newHome } from "../support/cli.js";

/** A job with nothing special in it. */
export const aJob = (change: Partial<Job> = {}): Job => ({
  name: "aicost-sync",
  program: ["/usr/bin/node", "/opt/aicost/bin/run.cjs", "sync", "--quiet"],
  env: { AICOST_CONFIG_DIR: "/home/ada/.config/aicost" },
  everyHours: 6,
  minute: 17,
  ...change,
});

/** A machine whose schedulers are scripts that stand in for those of an operating system. */
export interface Stage {
  machine: Machine;
  home: string;
  /** What was run, an entry a call. */
  calls: () => string[];
  /** The crontab, null where there is none. */
  crontab: () => Buffer | null;
  setCrontab: (content: string | Buffer) => void;
  /** Lets a call fail from now on, or just once: `systemctl enable`, `crontab -l`. */
  fail: (call: string, exit: number, said: string, once?: boolean) => void;
  mend: () => void;
  /** What a call prints from now on: `systemctl show`. */
  says: (call: string, text: string) => void;
}

type Tool = "systemctl" | "crontab" | "launchctl";

/** Makes a home, and the tools that are on its `PATH`: no other is. */
export const stage = (tools: readonly Tool[], platform: NodeJS.Platform = "linux"): Stage => {
  const { folder } = newHome();
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(at("bin"));
  mkdirSync(at("fails"));
  mkdirSync(at("answers"));
  for (const tool of tools) {
    writeFileSync(at(`bin/${tool}`), script(tool, folder));
    chmodSync(at(`bin/${tool}`), 0o755);
  }
  const crontab = () => (existsSync(at("crontab")) ? readFileSync(at("crontab")) : null);
  return {
    machine: { platform, env: { PATH: at("bin"), AICOST_ACCESS_TOKEN: "secret" }, home: folder, uid: 501 },
    home: folder,
    calls: () => (existsSync(at("calls")) ? readFileSync(at("calls"), "utf8").trimEnd().split("\n") : []),
    crontab,
    setCrontab: (content) => writeFileSync(at("crontab"), content),
    fail: (call, exit, said, once = false) =>
      writeFileSync(at(`fails/${call}`), `${exit} ${once ? "once" : "always"} ${said}\n`),
    mend: () => {
      rmSync(at("fails"), { recursive: true });
      mkdirSync(at("fails"));
    },
    says: (call, text) => writeFileSync(at(`answers/${call}`), text),
  };
};

/** Writes down its arguments, fails where it is told to, and keeps the crontab in a file. It speaks German if it may. */
const script = (tool: Tool, folder: string): string => `#!/bin/sh
cd '${folder}' || exit 99
echo "${tool} $*" >> calls
[ "$1" != --user ] || shift
fails="fails/${tool} $1"
if [ -e "$fails" ]; then
  read -r exit times said < "$fails"
  [ "$times" != once ] || /bin/rm "$fails"
  printf "%s\\n" "$said" >&2
  exit "$exit"
fi
[ ! -e "answers/${tool} $1" ] || /bin/cat "answers/${tool} $1"
[ "$LC_ALL" = C ] && none="no crontab for ada" || none="kein Crontab für ada"
case "${tool} $1" in
  "systemctl enable") [ -e ".config/systemd/user/$3" ] || { echo "Unit file $3 does not exist." >&2; exit 1; };;
  "crontab -l") [ -e crontab ] || { echo "$none" >&2; exit 1; }; /bin/cat crontab;;
  "crontab -r") /bin/rm crontab;;
  "crontab -") /bin/cat > crontab;;
esac
`;
