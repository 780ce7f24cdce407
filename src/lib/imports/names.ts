import type { NamedKey, Names } from "../api.js";
import type { Draft, Named } from "../record/draft.js";

/** Gathers what a source calls the accounts, projects and keys that it also gives an id. */
export class NamesGauge {
  readonly #names = new Map<NamedKey, Map<string, string>>();

  note(account: string | null, { accountName = null, project, apiKey }: Draft): void {
    if (accountName !== null) this.#take("account", { id: account, name: accountName });
    if (project !== undefined) this.#take("project", project);
    if (apiKey !== undefined) this.#take("api_key", apiKey);
  }

  get names(): Names {
    return Object.fromEntries([...this.#names].map(([key, names]) => [key, Object.fromEntries(names)]));
  }

  #take(key: NamedKey, { id, name }: Named): void {
    if (id === null || name === null || id === name) return;
    const names = this.#names.get(key) ?? new Map<string, string>();
    this.#names.set(key, names.set(id, name));
  }
}
