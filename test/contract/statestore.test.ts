import { memoryStateStore } from '../../src/adapters/embedded/statestore.ts';
import { stateStoreContract } from './statestore.contract.ts';

stateStoreContract('in memory', memoryStateStore);
