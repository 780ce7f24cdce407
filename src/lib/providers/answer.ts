import { parse } from "lossless-json";
import { capped } from "../csv/short-text.js";
import { isObject } from "../system/json.js";
import {
  lastDate,
  plausible,
  type Reading,
  readAmount,
  readCount,
  readDay,
  readEpoch,
  readMoment,
} from "../csv/values.js";
import type { Decimal } from "../money.js";

const NAME_LENGTH = 200;
/** It may hold a key, which is found only if it is whole: see `unreadable`. */
const VALUE_LENGTH = 10_000;

export class AnswerProblem extends Error {
  override readonly name = "AnswerProblem";

  /** `path` is for example `data[3].results[0].amount`, empty for the whole answer; `value` must not be shown. */
  constructor(
    readonly path: string,
    readonly value: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

/**
 * An object in the JSON that a provider answered, read field by field. A number is its digits, so that an amount stays
 * exact; a field may hold a number or a text that is one. What is not asked for is ignored. Each getter gives null for a
 * field that is null or missing, and throws an `AnswerProblem` for one that holds something other than what is asked for.
 */
export class Answer {
  readonly #fields: Record<string, unknown>;

  constructor(
    value: unknown,
    readonly path = "",
  ) {
    if (!isObject(value)) throw new AnswerProblem(path, shown(value), "is not an object");
    this.#fields = value;
  }

  /** @throws AnswerProblem if it is not a JSON object */
  static in(text: string): Answer {
    return new Answer(parsed(text));
  }

  /** An empty object if there is none. */
  object(name: string): Answer {
    return new Answer(this.#value(name) ?? {}, this.#pathOf(name));
  }

  /** The objects of a list that must be there. */
  list(name: string): Answer[] {
    return this.#items(name).map((item, at) => new Answer(item, `${this.#pathOf(name)}[${at}]`));
  }

  /** Empty if there is no list. */
  texts(name: string): string[] {
    if (this.#value(name) === null) return [];
    return this.#items(name).map((item, at) => {
      if (typeof item === "string") return item;
      throw new AnswerProblem(`${this.#pathOf(name)}[${at}]`, shown(item), "is not a text");
    });
  }

  /** For answers that use names as data. */
  entries(): [name: string, value: Answer][] {
    return Object.keys(this.#fields).map((name) => [name, this.object(name)]);
  }

  has(name: string): boolean {
    return this.#value(name) !== null;
  }

  /** A text that is not empty. */
  text(name: string): string | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (typeof value !== "string") throw this.#problem(name, "is not a text");
    return value.trim() || null;
  }

  /** Like `text`, but throws if there is none. */
  required(name: string): string {
    return this.text(name) ?? this.#missing(name);
  }

  /** Like `text`, but a problem if it is longer than a model name can be: 200 characters. */
  name(name: string): string | null {
    const text = this.text(name);
    if (text !== null && text.length > NAME_LENGTH) {
      throw this.#problem(name, `is longer than ${NAME_LENGTH} characters`);
    }
    return text;
  }

  amount(name: string): Decimal | null {
    return this.#read(name, (text) => readAmount(text));
  }

  /** An exact amount that must be there. */
  charge(name: string): Decimal {
    return this.amount(name) ?? this.#missing(name);
  }

  count(name: string): number | null {
    return this.#read(name, (text) => readCount(text));
  }

  /** ISO 4217 in capitals; `USD` if there is none. */
  currency(name: string): string {
    const text = this.text(name) ?? "USD";
    if (!/^[A-Za-z]{3}$/.test(text)) throw this.#problem(name, "is not a currency code such as USD or EUR");
    return text.toUpperCase();
  }

  flag(name: string): boolean {
    const value = this.#value(name);
    if (value !== null && typeof value !== "boolean") throw this.#problem(name, "is neither true nor false");
    return value ?? false;
  }

  /** A moment; without an offset it is taken as UTC. → RFC 3339 in UTC. */
  moment(name: string): string {
    return this.#time(name, readMoment);
  }

  /** Epoch seconds → RFC 3339 in UTC. */
  epoch(name: string): string {
    return this.#time(name, readEpoch);
  }

  /** The date of `YYYY-MM-DD`, with or without a time after it → midnight UTC. */
  day(name: string): string {
    return this.#time(name, (text) => readDay(text.slice(0, 10)));
  }

  #time(name: string, read: (text: string) => Reading<string>): string {
    const moment = this.#read(name, read) ?? this.#missing(name);
    return taken(plausible(moment, lastDate(new Date())), (reason) => this.#problem(name, reason));
  }

  #read<T>(name: string, read: (text: string) => Reading<T>): T | null {
    const text = this.text(name);
    return text === null ? null : taken(read(text), (reason) => this.#problem(name, reason));
  }

  #items(name: string): unknown[] {
    const value = this.#value(name);
    if (!Array.isArray(value)) throw this.#problem(name, "is not a list");
    return value as unknown[];
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? null) : null;
  }

  #missing(name: string): never {
    throw new AnswerProblem(this.#pathOf(name), "", "is missing");
  }

  #problem(name: string, reason: string): AnswerProblem {
    return new AnswerProblem(this.#pathOf(name), shown(this.#value(name)), reason);
  }

  #pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }
}

const parsed = (text: string): unknown => {
  try {
    return parse(text, undefined, { parseNumber: (digits) => digits });
  } catch {
    // What the parser says of it would show a piece of it.
    throw new AnswerProblem("", capped(text.trim(), VALUE_LENGTH), "is not valid JSON");
  }
};

const taken = <T>(reading: Reading<T>, problem: (reason: string) => AnswerProblem): T => {
  if ("wrong" in reading) throw problem(reading.wrong);
  return reading.value;
};

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  return capped(text, VALUE_LENGTH);
};
