import { openFileStore } from '../../adapters/store/file.ts';
import { describeStore } from './store-contract.ts';

describeStore('a store in a folder', (root) => openFileStore({ root }));
