import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { nearest } from '../../config/nearest.ts';
import { problemsOf } from '../../config/problem.ts';
import { CliptideError } from '../../domain/errors.ts';
import { featureNames, vectorNames } from '../../domain/scoring/features.ts';
import { findModel, type Model } from '../../domain/scoring/model.ts';

const number = z.number({ error: 'must be a finite number' });
const positive = number.gt(0, { error: 'must be more than 0' });
const seconds = number.min(0, { error: 'must be 0 or more seconds' }).max(3_600, { error: 'must be at most an hour' });

/** A name of a feature; the nearest right one is in the message. */
const named = (names: readonly string[]) =>
  z.string({ error: 'must be a text' }).superRefine((name, context) => {
    if (names.includes(name)) return;
    const near = nearest(name, names);
    const hint = near === undefined ? `known are ${names.join(', ')}` : `did you mean ${near}?`;
    context.addIssue({ code: 'custom', message: `is no feature; ${hint}` });
  });

const once = (list: readonly { readonly name: string }[]): boolean =>
  new Set(list.map((one) => one.name)).size === list.length;
const onceOnly = { error: 'must name each feature once' };

const lag = {
  onlineStartSec: seconds,
  onlineEndSec: seconds,
  rankedStartSec: seconds,
  rankedEndSec: seconds,
  startErrorSec: seconds.optional(),
  endErrorSec: seconds.optional(),
};
const shift = number.min(-120, { error: 'must be at least -120 seconds' }).max(120, {
  error: 'must be at most 120 seconds',
});
const channelLag = z.strictObject({
  channelId: z.string({ error: 'must be a text' }),
  startShiftSec: shift,
  endShiftSec: shift,
  startErrorSec: seconds,
  endErrorSec: seconds,
  decisions: number.min(1, { error: 'must be at least 1' }),
});

const modelSchema = z.strictObject({
  version: z
    .string({ error: 'must be a text' })
    .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, dots, dashes or underscores' }),
  intercept: number,
  clip: positive,
  features: z
    .array(z.strictObject({ name: named(featureNames), mean: number, scale: positive, weight: number }), {
      error: 'must be a list of features',
    })
    .min(1, { error: 'must have at least one feature' })
    .refine(once, onceOnly),
  ranking: z
    .array(z.strictObject({ name: named(vectorNames), weight: number }), { error: 'must be a list' })
    .refine(once, onceOnly),
  threshold: number,
  rearm: number.min(0, { error: 'must be 0 or more' }),
  coolDownSec: seconds,
  warmUpSec: seconds,
  controller: z
    .strictObject({
      step: number.min(0, { error: 'must be 0 or more' }),
      perHour: positive,
      lowest: number,
      highest: number,
      byLogRate: number.min(0, { error: 'must be 0 or more' }).optional(),
      impatience: number.min(0, { error: 'must be 0 or more' }).optional(),
    })
    .refine(({ lowest, highest }) => lowest <= highest, { error: 'must not have a lowest above its highest' }),
  lag: z.strictObject({
    ...lag,
    categories: z
      .array(z.strictObject({ name: z.string({ error: 'must be a text' }), ...lag }), { error: 'must be a list' })
      .refine(once, { error: 'must name each category once' })
      .optional(),
    channels: z
      .array(channelLag, { error: 'must be a list' })
      .refine((list) => new Set(list.map(({ channelId }) => channelId)).size === list.length, {
        error: 'must name each channel once',
      })
      .optional(),
  }),
  calibration: z.strictObject({ offset: number, slope: positive }).optional(),
  training: z
    .strictObject({
      dataHash: z.string({ error: 'must be a text' }),
      chats: z.array(z.string({ error: 'must be a text' }), { error: 'must be a list of texts' }).optional(),
      videos: number,
      labels: number,
      crossValidated: z.record(z.string(), number),
    })
    .optional(),
});

/**
 * A scoring model from a JSON file. Rejects with `config` and every fault of it, also where it bears the version of
 * another model that ships with Cliptide: ids of highlights follow from the version.
 */
export async function readScorer(path: string): Promise<Model> {
  const parsed = modelSchema.safeParse(await readJson(path), { reportInput: true });
  if (!parsed.success) throw faulty(path, parsed.error.issues);
  const model = parsed.data;
  const shipped = findModel(model.version);
  if (shipped === undefined || isDeepStrictEqual(scoring(shipped), scoring(model))) return model;
  throw new CliptideError(
    'config',
    `${model.version} is the version of a model that ships with Cliptide, and differs from it`,
    {
      where: `${path}: version`,
      hint: 'give your model a version of its own',
    },
  );
}

/** What a model's scores follow from. */
const scoring = ({ training: _, ...model }: Model): Omit<Model, 'training'> => model;

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const isJson = !(cause instanceof SyntaxError);
    throw new CliptideError('config', isJson ? 'the model file cannot be read' : `it is no JSON: ${cause.message}`, {
      where: path,
      hint: 'give a file as docs/backfill.md describes it with --scorer',
      cause,
    });
  }
}

function faulty(path: string, issues: readonly z.core.$ZodIssue[]): CliptideError {
  const fields = Object.keys(modelSchema.shape);
  const faults = problemsOf('model', path, issues, fields).map(({ text }) => text);
  const message =
    faults.length === 1
      ? `${faults[0]}`
      : `the model has ${faults.length} faults\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
  return new CliptideError('config', message, { where: path, hint: 'docs/backfill.md says what a model file holds' });
}
