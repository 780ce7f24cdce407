import { agents } from "./agents.js";
import { budgets } from "./budgets.js";
import type { Check } from "./check.js";
import { config } from "./config.js";
import { coverage } from "./coverage.js";
import { currency } from "./currency.js";
import { database } from "./database.js";
import { disk } from "./disk.js";
import { imports } from "./imports.js";
import { keys } from "./keys.js";
import { models } from "./models.js";
import { notices } from "./notices.js";
import { priceLists } from "./price-lists.js";
import { project } from "./project.js";
import { rates } from "./rates.js";
import { secrets } from "./secrets.js";
import { subscriptions } from "./subscriptions.js";
import { sync } from "./sync.js";
import { timer } from "./timer.js";
import { vault } from "./vault.js";
import { versions } from "./versions.js";

/** All that `aicost doctor` looks at, in the order in which it says so. */
export const CHECKS: readonly Check[] = [
  versions,
  config,
  disk,
  database,
  project,
  secrets,
  vault,
  keys,
  sync,
  timer,
  agents,
  coverage,
  imports,
  subscriptions,
  budgets,
  notices,
  models,
  priceLists,
  rates,
  currency,
];
