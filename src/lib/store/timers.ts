import { changeOptions, type Files } from "./program.js";

/** How Emscripten has the program made; `done` is handed what was made. */
type Instantiate = (imports: { env: object }, done: (...made: unknown[]) => unknown) => unknown;

/**
 * When PostgreSQL is idle, it sets a timer to send its statistics to other processes. There are none here, and a process
 * whose database can no longer be closed would wait for the timer. @param files changed in place
 */
export const withoutTimers = <Pg, Options extends object>(files: Files<Pg, Options>): void =>
  changeOptions(files, (options) => {
    const { instantiateWasm } = options as { instantiateWasm: Instantiate };
    const instantiate: Instantiate = (imports, done) =>
      instantiateWasm({ ...imports, env: { ...imports.env, _setitimer_js: () => 0 } }, done);
    return { instantiateWasm: instantiate };
  });
