import type { Files } from "./program.js";

/** How Emscripten has the program made; `done` is handed what was made. */
type Instantiate = (imports: { env: object }, done: (...made: unknown[]) => unknown) => unknown;

/**
 * PostgreSQL sets a timer whenever it idles, to tell other processes its statistics, of which there are none here; the
 * process would wait for it if the database cannot be closed any more. @param files changed in place
 */
export const withoutTimers = <Pg, Options extends object>(files: Files<Pg, Options>): void => {
  const init = files.init.bind(files);
  files.init = async (pg, options) => {
    const { emscriptenOpts } = await init(pg, options);
    const { instantiateWasm } = emscriptenOpts as { instantiateWasm: Instantiate };
    const instantiate: Instantiate = (imports, done) =>
      instantiateWasm({ ...imports, env: { ...imports.env, _setitimer_js: () => 0 } }, done);
    return { emscriptenOpts: { ...emscriptenOpts, instantiateWasm: instantiate } };
  };
};
