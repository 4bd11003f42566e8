import { stringify } from 'yaml';
import { asyncApi } from './asyncapi.ts';
import { FORMS } from './forms.ts';

const NOTE =
  '# Made by `npm run contract` of the schemas that the program validates with. Do not edit.\n';

/** The files that are made: paths from the root, and what is in them. */
export function contractDocuments(): ReadonlyMap<string, string> {
  const yaml = stringify(asyncApi(), { aliasDuplicateObjects: false, lineWidth: 0 });
  const schemas = FORMS.map(({ name, summary, schema, examples }): [string, string] => {
    const whole = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: name,
      description: summary,
      ...schema,
      examples,
    };
    return [`schemas/${name}.json`, `${JSON.stringify(whole, null, 2)}\n`];
  });
  return new Map([['asyncapi.yaml', `${NOTE}${yaml}`], ...schemas]);
}
