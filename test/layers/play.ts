import { randomUUID } from "node:crypto";
import {
  type Api,
  ARCHIVE_KINDS,
  type ArchiveKind,
  type ArchiveRow,
  type StoredRecord,
} from "../../src/lib/api.js";
import type { ChargeKind } from "../../src/lib/record/kinds.js";
import type { Granularity } from "../../src/lib/record/record.js";
import { type Database, freshDatabase, signUp } from "../support/database.js";
import { rowTexts } from "../support/layers.js";
import type { Backend } from "../support/servers.js";
import {
  dollars,
  headOf,
  pagesOf,
  priceName,
  providerOf,
  recordOf,
  sheetOf,
  type Units,
  unitsOf,
} from "./files.js";
import { ModelHome, type Seen } from "./home.js";
import { isSameOrUnknown } from "./model.js";
import { DAYS, shrunk, type Step, told } from "./steps.js";

/** One person: what the database holds of them, and what it must. */
class Player {
  readonly model = new ModelHome();
  /** By name, of those that are left. */
  readonly #ids = new Map<string, string>();

  private constructor(
    readonly db: Database,
    public user: string,
  ) {}

  static async in(db: Database): Promise<Player> {
    return new Player(db, await signUp(db));
  }

  call<Name extends keyof Api>(
    name: Name,
    args: Api[Name]["args"],
    as = this.user,
  ): Promise<Api[Name]["result"]> {
    return this.db.asUser(as, (me) => me.call(name, args));
  }

  async do(step: Step): Promise<void> {
    switch (step.kind) {
      case "import":
        return this.#import(step);
      case "undo":
        return this.#undo(step.name);
      case "edit":
        return this.#edit(step.pick, step.cost);
      case "market":
        Object.assign(this.model.market, step.market);
        return;
      case "reprice":
        return this.#reprice(step.name);
      case "move":
        if (!this.model.hasOpen) await this.#move();
    }
  }

  async #import(step: Step & { kind: "import" }): Promise<void> {
    const { file } = step;
    const isKnown = this.model.isKnown(file.name, step.isReplace);
    const cutRun = this.model.cutRun(file)?.name;
    const wasDone = this.model.find(file.name)?.isOpen === false;
    const entry = this.model.begin(file, step.isReplace);
    const pages = pagesOf(file);
    const begun = await this.call("begin_import", {
      import: headOf(file, randomUUID(), step.isReplace, this.model.market),
      sheets: pages.map((page) => sheetOf(page, this.model.market)),
    });
    if (entry === null) {
      expectSame("what a feed brings that says nothing new", begun.id, null);
      return;
    }
    expectSame("is_known", begun.is_known, isKnown);
    if ((begun.remaining ?? 0) > 0) await this.#settle(null);
    const id = begun.id!;
    const before = this.#ids.get(cutRun ?? file.name);
    if (before !== undefined) expectSame("the id of a file that comes again", id, before);
    if (cutRun !== undefined) this.#ids.delete(cutRun);
    this.#ids.set(file.name, id);
    if (isKnown) return;

    const wanted = new Set(this.model.wanted(entry).map((page) => page.id));
    expectSame(
      "wanted sheets",
      pages.filter((_, at) => begun.wanted[at] !== null).map((page) => page.id),
      pages.filter((page) => wanted.has(page.id)).map((page) => page.id),
    );
    const rows = pages.flatMap((page, at) =>
      begun.wanted[at] === null ? [] : page.rows.map((row, nth) => ({ page, at, row, nth })),
    );
    const sent = rows.slice(0, step.cut ?? rows.length);
    for (let from = 0; from < sent.length; from += step.batch) {
      const batch = sent.slice(from, from + step.batch);
      const indexes = [...new Set(batch.map(({ at }) => at))];
      const args = {
        import_id: id,
        sheets: indexes.map((at) => begun.wanted[at]!),
        rows: rowTexts(
          batch.map(({ at, row }) => ({
            sheet: indexes.indexOf(at),
            record: recordOf(file, row, this.model.market),
          })),
        ),
      };
      await this.call("add_rows", args);
      if (step.isSentTwice) await this.call("add_rows", args);
      for (const { page, nth } of batch) this.model.take(page, nth + 1);
    }
    // One that is in already is only told to replace others.
    if (step.cut !== null && !wasDone) return;
    this.model.finish(entry);
    const { remaining } = await this.call("finish_import", { import_id: id });
    if (remaining > 0) await this.#settle(id);
  }

  async #settle(id: string | null): Promise<void> {
    while ((await this.call("settle_days", { import_id: id })).remaining > 0);
  }

  async #undo(name: string): Promise<void> {
    const entry = this.model.find(name);
    if (entry !== undefined) this.model.undo(entry);
    else if (this.model.repricings.includes(name)) this.model.undoReprice(name);
    else return;
    const { remaining } = await this.call("undo_import", { import_id: this.#ids.get(name)! });
    this.#ids.delete(name);
    if (remaining > 0) await this.#settle(null);
  }

  /** Prices all that is here again, some rows at a time. */
  async #reprice(name: string): Promise<void> {
    const { market } = this.model;
    const head = { source_name: "reprice", format: "reprice", first_day: null, last_day: null } as const;
    const id = randomUUID();
    for (let after: string | null = null; ;) {
      const page: Api["list_priceable_rows"]["result"] = await this.call("list_priceable_rows", {
        ...{ from_date: null, to_date: null, only_unpriced: false, after, max_rows: 5 },
      });
      const estimates = page.rows.flatMap(({ sheet, id, timestamp, tokens_used, estimated_cost_usd }) => {
        const usd = dollars(BigInt(tokens_used ?? 0) * market.price);
        return usd === estimated_cost_usd
          ? []
          : [{ ...{ sheet, id, timestamp, usd }, price: priceName(market), note: null }];
      });
      if (estimates.length > 0)
        await this.call("write_estimates", { import: { ...head, id, sha256: id }, estimates });
      if (page.next === null) break;
      after = page.next;
    }
    this.model.reprice(name);
    this.#ids.set(name, id);
    await this.#settle(null);
  }

  async #edit(pick: number, cost: bigint | null): Promise<void> {
    const records = (await this.#records()).toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    const record = records[pick % (records.length || 1)];
    const alike = this.model.counted().filter(({ id }) => id === record?.metadata["row"]);
    const same =
      alike.find(({ account }) => account === record?.account) ??
      alike.find(({ page }) => page.account === null);
    if (record === undefined || same === undefined) return;
    this.model.edit({ ...same, account: record.account }, cost);
    if (cost === null) await this.call("remove_cost_records", { record_ids: [record.id] });
    else
      await this.call("edit_cost_record", {
        record_id: record.id,
        changes: {
          ...{ cost_usd: dollars(cost), estimated_cost_usd: null },
          metadata: { cost_basis: "billed" },
        },
      });
  }

  /** Takes all out, and into the database of somebody who has nothing yet. */
  async #move(): Promise<void> {
    const to = await signUp(this.db);
    for (const kind of ARCHIVE_KINDS) {
      for (const rows of await this.#archived(kind)) await this.call("restore_rows", { kind, rows }, to);
    }
    this.user = to;
    await this.#settle(null);
  }

  async #archived(kind: ArchiveKind): Promise<ArchiveRow[][]> {
    const pages: ArchiveRow[][] = [];
    for (let after: string | null = null; ;) {
      const page: Api["export_rows"]["result"] = await this.call("export_rows", { kind, after, max_rows: 5 });
      pages.push(page.rows);
      if (page.next === null) return pages;
      after = page.next;
    }
  }

  async #records() {
    return (await this.call("list_cost_records", { filters: { max_rows: 10_000 } })).records;
  }

  async #seen(): Promise<Summed[]> {
    const rows = await this.db.asUser(this.user, (me) =>
      me.query<Omit<Summed, Amount> & Record<Amount, string | null>>(
        `select metadata ->> 'series' as series, account, (timestamp at time zone 'UTC')::date as day,
          model_name as name, kind, cost_usd as cost, topup_usd as topup, estimated_cost_usd as estimate,
          tokens_used as tokens, granularity
        from public.cost_records`,
      ),
    );
    const known = (amount: string | null): Units | null => (amount === null ? null : unitsOf(amount));
    return rows.map(({ cost, topup, estimate, ...rest }) => ({
      ...rest,
      ...{ cost: unitsOf(cost!), topup: known(topup), estimate: known(estimate) },
    }));
  }

  /** @throws if the database holds anything else than the model */
  async compare(): Promise<void> {
    const seen = await this.#seen();
    const expected = this.model.expected();
    const places = new Set([...seen, ...expected].map(({ series, day }) => `${series} ${day}`));
    for (const place of places) {
      const isHere = ({ series, day }: { series: string; day: string }) => `${series} ${day}` === place;
      const { states } = expected.find(isHere) ?? { states: [[]] };
      if (states === null) continue;
      const texts = seen.filter(isHere).map(textOf).sort();
      const right = states.map((state) => state.map(textOf).sort());
      if (!right.some((state) => JSON.stringify(state) === JSON.stringify(texts))) {
        throw new Difference(place, texts, right);
      }
    }
    await this.#compareSums(seen);
  }

  async #compareSums(seen: Summed[]): Promise<void> {
    const spend = await this.call("get_daily_spend", { from_date: null, to_date: null, split_by: ["model"] });
    const isOf = (kind: ChargeKind) => (charge: Seen) => charge.kind === kind;
    const estimates = (isHidden: boolean) =>
      seen.filter((each) => isInBill(each, seen) === isHidden).map(({ estimate }) => estimate ?? 0n);
    expectSame(
      "the daily sums",
      [
        sum(spend.map(({ cost_usd }) => unitsOf(cost_usd))),
        sum(spend.map(({ subscription_usd }) => unitsOf(subscription_usd))),
        sum(spend.map(({ credit_usd }) => unitsOf(credit_usd))),
        sum(spend.map(({ topup_usd }) => unitsOf(topup_usd))),
        sum(spend.map(({ hidden_estimate_usd }) => unitsOf(hidden_estimate_usd))),
      ],
      [
        sum([...seen.map(({ cost }) => cost), ...estimates(false)]),
        sum(seen.filter(isOf("subscription")).map(({ cost }) => cost)),
        sum(seen.filter(isOf("credit")).map(({ cost }) => cost)),
        sum(seen.map(({ topup }) => topup ?? 0n)),
        sum(estimates(true)),
      ],
    );
  }

  /** Undoes all that is left. @throws if anything stays behind */
  async empty(): Promise<void> {
    for (const { name } of [...this.model.imports].reverse()) await this.#undo(name);
    for (const name of this.model.repricings) await this.#undo(name);
    await this.compare();
    for (const table of ["cost_records", "layer_rows", "sheets", "attestations", "edits", "unsettled_days"]) {
      const rows = await this.db.query(`select from public.${table} where user_id = $1`, [this.user]);
      expectSame(`rows that are left in ${table}`, rows.length, 0);
    }
  }
}

type Amount = "cost" | "topup" | "estimate";

/** A record as it is added up. */
type Summed = Seen & { granularity: Granularity };

/**
 * Whether an estimate does not count, because its provider has billed the usage of its day: of the same account, or of one
 * that may be the same. What is of a month as a whole speaks of all of its days.
 */
const isInBill = (estimated: Summed, seen: Summed[]): boolean =>
  seen.some(
    (bill) =>
      bill.estimate === null &&
      bill.kind === "usage" &&
      providerOf(bill.series) === providerOf(estimated.series) &&
      isSameOrUnknown(bill.account, estimated.account) &&
      (bill.day === estimated.day ||
        (bill.day.slice(0, 7) === estimated.day.slice(0, 7) && [bill, estimated].some(isOfMonth))),
  );

const isOfMonth = ({ granularity, day }: Summed): boolean => granularity === "month" && day.endsWith("-01");

/** What sorts records in one order on every database. */
const placeOf = ({ account, metadata, timestamp }: StoredRecord): string =>
  JSON.stringify([timestamp, account, metadata["row"]]);

const textOf = ({ account, name, kind, cost, topup, estimate, tokens }: Seen): string =>
  `${account ?? "nobody"} ${name} ${kind} ${cost} ${topup ?? "-"} ${estimate ?? "-"} ${tokens}`;

const sum = (amounts: Units[]): string => dollars(amounts.reduce((all, each) => all + each, 0n));

class Difference extends Error {
  constructor(day: string, seen: string[], states: string[][]) {
    super(
      `${day}\nseen:\n  ${seen.join("\n  ")}\nright:\n  ${states.map((state) => state.join("\n  ")).join("\nor:\n  ")}`,
    );
  }
}

const expectSame = (what: string, seen: unknown, right: unknown): void => {
  if (JSON.stringify(seen) !== JSON.stringify(right)) {
    throw new Error(`${what}: ${JSON.stringify(seen)}; right: ${JSON.stringify(right)}`);
  }
};

/**
 * A database for it, with the months that are played only: planning for others takes half of the time of a step. What can be
 * planned once is not planned again. A native one moves few rows in a call, so that what counts there comes to count in many.
 */
export const playground = async (backend: Backend): Promise<Database> => {
  const db = await freshDatabase(backend);
  if (backend.kind === "native") await moveAtOnce(db, 4);
  const months = await db.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where tablename like 'cost_records_20%'",
  );
  await db.script("set plan_cache_mode = force_generic_plan");
  const played = DAYS.map((day) => day.slice(0, 7).replace("-", "_"));
  const others = months.filter(({ name }) => !played.some((month) => name.endsWith(month)));
  await db.script(`drop table ${others.map(({ name }) => name).join(", ")}`);
  return db;
};

/** From now on so many rows are moved in a call. */
const moveAtOnce = (db: Database, rows: number): Promise<void> =>
  db.script(
    `create or replace function private.most_settled_rows() returns bigint language sql immutable as 'select ${rows}::bigint'`,
  );

/** Does the steps as two people who have nothing yet. @returns what went wrong first; null if all is right */
export const play = async (db: Database, steps: Step[]): Promise<string | null> => {
  const players = [await Player.in(db), await Player.in(db)];
  let at = 0;
  try {
    for (const step of steps) {
      at++;
      await players[step.who]!.do(step);
      await players[step.who]!.compare();
    }
    // The other one's steps changed nothing here.
    for (const player of players) await player.compare();
    for (const player of players) await player.empty();
    return null;
  } catch (error) {
    return `step ${at}: ${(error as Error).message}`;
  }
};

/** @returns the smallest sequence that fails, as text; null if these steps do not */
export const failureOf = async (db: Database, steps: Step[]): Promise<string | null> => {
  if ((await play(db, steps)) === null) return null;
  const least = await shrunk(steps, async (fewer) => (await play(db, fewer)) !== null);
  return `${told(least)}\n${await play(db, least)}`;
};
