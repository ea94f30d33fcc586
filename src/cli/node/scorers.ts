import type { Config } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Model } from '../../domain/scoring/model.ts';
import { chosenFrom, type ModelChoice } from '../../domain/scoring/modelchoice.ts';
import { readScorer } from '../backfill/scorerfile.ts';

/** The configured models beside those that ship. Rejects with `config` for a file that holds none, or two of one version. */
export async function configuredModels({ scoring }: Config): Promise<ModelChoice> {
  const models: Model[] = [];
  for (const path of scoring.models) {
    const model = await readScorer(path);
    if (models.some(({ version }) => version === model.version)) {
      throw new CliptideError('config', `two models of scorers have the version ${model.version}`, {
        where: path,
        hint: 'name each model once; ids of highlights follow from the version',
      });
    }
    models.push(model);
  }
  return chosenFrom(models);
}

/** What `--scorer FILE` sets `scorers` to. */
export const listed = (file: string | undefined): readonly string[] | undefined =>
  file === undefined ? undefined : [file];
