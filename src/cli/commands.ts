import type { Command } from 'commander';
import { addDoctor } from './doctor.ts';
import { addScore } from './score.ts';
import { addTopology } from './topology.ts';

/** Adds each command to the program, in the order of the help. */
export const commands: readonly ((program: Command) => void)[] = [addScore, addDoctor, addTopology];
