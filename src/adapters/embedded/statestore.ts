import type { StateStore } from '../../ports/statestore.ts';

/** A state store in memory. A key that was deleted counts as changed. */
export function memoryStateStore<S>(): StateStore<S> {
  const states = new Map<string, S>();
  const changed = new Set<string>();
  return {
    get: (key) => states.get(key),
    set: (key, state) => {
      states.set(key, state);
      changed.add(key);
    },
    delete: (key) => {
      if (states.delete(key)) changed.add(key);
    },
    keys: () => states.keys(),
    get size() {
      return states.size;
    },
    takeChanged: () => {
      const keys = [...changed];
      changed.clear();
      return keys;
    },
  };
}
