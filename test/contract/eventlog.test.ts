import { embeddedLogHarness } from '../support/embeddedlog.ts';
import { eventLogContract } from './eventlog.contract.ts';

eventLogContract('embedded', async () => embeddedLogHarness());
