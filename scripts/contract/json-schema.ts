import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

const TIME = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$';

/**
 * The JSON Schema (draft 7, which AsyncAPI takes) of what a zod schema reads. What zod checks with a
 * function of its own has no words in JSON Schema and is left out. Fields that are not named are allowed:
 * they are read past.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...found } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      // The calendar in a regular expression says no more to a reader than the format does.
      if (jsonSchema.format === 'date-time') jsonSchema.pattern = TIME;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return found;
}
