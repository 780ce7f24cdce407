import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { installPlan } from "../../src/lib/schedule/index.js";
import type { Scheduler } from "../../src/lib/schedule/job.js";
import type { Machine } from "../../src/lib/schedule/machine.js";
import { aJob } from "./stand-ins.js";

const ADA: Machine = { platform: "linux", env: { PATH: "/nowhere" }, home: "/home/ada", uid: 1000 };

const word = fc.string({
  unit: fc.constantFrom(
    ...Array.from("ab '\"\\$%`!#&;|<>*?~(){}[]=-@:,/hn"),
    "ä",
    "🙂",
    "%%",
    "\\\\",
    "\\%",
    "$HOME",
  ),
  maxLength: 12,
});
const words = fc.array(word, { maxLength: 4 });
const env = fc.dictionary(fc.stringMatching(/^AICOST_[A-Z]{1,3}$/), word, { maxKeys: 3 });

/** Says what it was given: its arguments, and the variables of aicost and of the session. */
const REPORT = `
  const own = Object.entries(process.env).filter(([name]) => /^(AICOST_|XDG_R|DBUS_)/.test(name));
  process.stdout.write(JSON.stringify([process.argv.slice(1), Object.fromEntries(own)]));`.replaceAll(
  "\n",
  " ",
);

const planned = async (scheduler: Scheduler, program: string[], variables: Record<string, string>) =>
  (await installPlan(aJob({ program, env: variables }), scheduler, ADA)).steps;

describe("the line of a crontab", () => {
  const commandOf = async (program: string[], variables: Record<string, string>): Promise<string> => {
    const [step] = await planned("cron", program, variables);
    if (step?.do !== "crontab") throw new Error("cron has no crontab");
    return /^17 3,9,15,21 \* \* \* (.*) >\/dev\/null$/m.exec(step.after.toString())?.[1] ?? "";
  };

  /** What a cron hands to the shell. @param escapable what a backslash is taken from before */
  const handed = (command: string, escapable: string): string => {
    let text = "";
    for (let at = 0; at < command.length; at++) {
      const [character, next] = [command.charAt(at), command.charAt(at + 1)];
      if (character === "%" && escapable !== "") return text;
      if (character !== "\\" || next === "" || escapable === "") text += character;
      else {
        text += escapable.includes(next) ? next : character + next;
        at++;
      }
    }
    return text;
  };

  it("is the very arguments and variables to /bin/sh, after what any cron makes of it", async () => {
    await fc.assert(
      fc.asyncProperty(words, env, async (args, variables) => {
        const command = await commandOf([process.execPath, "-e", REPORT, "--", ...args], variables);
        // Debian's and cronie; Vixie's own, FreeBSD's and that of macOS; BusyBox, which knows no percent sign.
        const texts = new Set(["%", "%\\", ""].map((escapable) => handed(command, escapable)));
        for (const text of texts) {
          const { stdout } = spawnSync("/bin/sh", ["-c", text], { env: { HOME: "/root" } });
          expect(JSON.parse(stdout.toString())).toEqual([
            args,
            {
              XDG_RUNTIME_DIR: "/run/user/1000",
              DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
              ...variables,
            },
          ]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a service of systemd", () => {
  /** The words of a line, as systemd.syntax(7) has them, with specifiers resolved. */
  const wordsOf = (line: string): string[] =>
    [...line.matchAll(/"((?:[^"\\]|\\["\\])*)"(?= |$)|([^\s"'\\]+)(?= |$)/g)].map(([, inner, plain]) =>
      (inner?.replaceAll(/\\(["\\])/g, "$1") ?? plain ?? "").replaceAll(/%(.)/g, (_, specifier: string) => {
        if (specifier !== "%") throw new Error(`%${specifier} is a specifier`);
        return "%";
      }),
    );

  /** What systemd makes of an argument: two dollar signs are one, and one alone would be a variable. */
  const expanded = (argument: string): string =>
    argument.replaceAll(/\$(.?)/g, (_, next: string) => {
      if (next !== "$") throw new Error(`$${next} is a variable`);
      return "$";
    });

  const unitOf = async (program: string[], variables: Record<string, string>): Promise<string[]> => {
    const [step] = await planned("systemd", program, variables);
    if (step?.do !== "write") throw new Error("systemd has no service");
    return step.content.split("\n");
  };

  const valuesOf = (unit: string[], key: string): string[] =>
    unit.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));

  it("has the very arguments and variables", async () => {
    await fc.assert(
      fc.asyncProperty(words, env, async (args, variables) => {
        const unit = await unitOf(["/usr/bin/node", ...args], variables);
        const [start = ""] = valuesOf(unit, "ExecStart");
        const [program, ...given] = wordsOf(start);
        expect([program, ...given.map(expanded)]).toEqual(["/usr/bin/node", ...args]);
        const set = valuesOf(unit, "Environment").map(wordsOf);
        expect(set).toEqual(Object.entries(variables).map(([name, value]) => [`${name}=${value}`]));
      }),
    );
  });

  it("starts a program by a shell if systemd does not take its path", async () => {
    await fc.assert(
      fc.asyncProperty(
        word.filter((some) => !some.includes("/")),
        words,
        async (folder, args) => {
          const program = [`/opt/${folder}/node`, ...args];
          const [start = ""] = valuesOf(await unitOf(program, {}), "ExecStart");
          const [first = "", ...given] = wordsOf(start);
          const begin = /['"\\$]/.test(folder) ? ["/bin/sh", "-c", 'exec "$@"', "sh"] : [];
          expect([first, ...given.map(expanded)]).toEqual([...begin, ...program]);
        },
      ),
    );
  });
});

describe("an agent of launchd", () => {
  it("has the very arguments and variables", async () => {
    const text = (xml = ""): string =>
      xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    const inside = (xml: string, key: string): string =>
      new RegExp(`<key>${key}</key>\\s*<(array|dict)>(.*?)</\\1>`, "s").exec(xml)?.[2] ?? "";
    await fc.assert(
      fc.asyncProperty(words, env, async (args, variables) => {
        const [step] = await planned("launchd", ["/usr/bin/node", ...args], variables);
        const xml = step?.do === "write" ? step.content : "";
        const given = [...inside(xml, "ProgramArguments").matchAll(/<string>(.*?)<\/string>/g)];
        expect(given.map(([, argument]) => text(argument))).toEqual(["/usr/bin/node", ...args]);
        const set = inside(xml, "EnvironmentVariables").matchAll(
          /<key>(.*?)<\/key>\s*<string>(.*?)<\/string>/g,
        );
        expect([...set].map(([, name, value]) => [name, text(value)])).toEqual(Object.entries(variables));
      }),
    );
  });
});
