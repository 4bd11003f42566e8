import { loadConfig } from '../config/load.ts';
import { renderConfig, withoutSecrets } from '../config/render.ts';
import { COMMON_HELP, COMMON_OPTIONS, type Command, parsing } from './command.ts';
import { coreOptions, relayOptions } from './options.ts';

export const checkConfig: Command = {
  help: `usage: xmlsocket-relay check-config [--config FILE] [--json]

Reads the configuration as the other commands do and prints what it amounts to as YAML, with secrets
as ***. Fails when a key is unknown or a value is wrong, and names it.

  --json             prints JSON
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 0, max: 0 },
    );
    const { config, unknownVariables } = loadConfig(io.env, values.config);
    // Finds what only shows when the values are used together.
    coreOptions(config);
    relayOptions(config);
    for (const variable of unknownVariables) {
      io.complain(`xmlsocket-relay: warning: ${variable} names no key`);
    }
    const json = `${JSON.stringify(withoutSecrets(config))}\n`;
    await io.print(values.json ? json : renderConfig(config));
    return 0;
  },
};
