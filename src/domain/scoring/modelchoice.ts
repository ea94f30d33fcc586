import { defaultModel, findModel, type Model } from './model.ts';

/** Which model scores a broadcast. */
export interface ModelChoice {
  /** For a broadcast that begins, by the version that its channel's settings name, or empty. */
  forNew(version: string): Model;
  /** The model of a broadcast that has begun. */
  known(version: string): Model | undefined;
}

/** The models that ship and those that are given, the first of which scores every broadcast whose settings name none. */
export function chosenFrom(given: readonly Model[]): ModelChoice {
  const known = (version: string): Model | undefined =>
    given.find((model) => model.version === version) ?? findModel(version);
  return { known, forNew: (version) => known(version) ?? given[0] ?? defaultModel };
}

/** One model for every broadcast that begins, whatever its settings name. */
export function alwaysBy(model: Model): ModelChoice {
  return { known: chosenFrom([model]).known, forNew: () => model };
}
