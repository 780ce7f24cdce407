import { basename, dirname, join } from "node:path";
import type { Agent, Place } from "../agent.js";
import { openCodeReader } from "./read.js";

const dataFolder = ({ env, home }: Place): string => env["XDG_DATA_HOME"] || join(home, ".local", "share");

export const opencode = {
  id: "opencode",
  name: "OpenCode",
  roots: (place) => [place.env["OPENCODE_DATA_DIR"] || join(dataFolder(place), "opencode")],
  kindOf: (name) =>
    /^opencode(?:-[^/]+)?\.db$/.test(name)
      ? "database"
      : /^storage\/message\/[^/]+\/[^/]+\.json$/.test(name)
        ? "json"
        : undefined,
  skips: (name) => !/^storage(?:\/message(?:\/[^/]+)?)?$/.test(name),
  marks: [],
  deletesAfterDays: () => null,
  begin: openCodeReader,
} as const satisfies Agent;

/** A fork of OpenCode: the same tables. */
export const kilo = {
  id: "kilo",
  name: "Kilo CLI",
  roots: (place) => [place.env["KILO_DB"] ? dirname(place.env["KILO_DB"]) : join(dataFolder(place), "kilo")],
  kindOf: (name, { env }) => (name === basename(env["KILO_DB"] || "kilo.db") ? "database" : undefined),
  skips: () => true,
  marks: [],
  deletesAfterDays: () => null,
  begin: openCodeReader,
} as const satisfies Agent;
