import 'fake-indexeddb/auto';
import { durableContract } from './durable.contract.ts';
import { openFresh } from './fresh-database.ts';
import { storeContract } from './store.contract.ts';
import { withoutGetAllRecords } from './without-get-all-records.ts';

storeContract('the IndexedDB store (fake)', openFresh);
withoutGetAllRecords(() =>
  storeContract('the IndexedDB store (fake) where getAllRecords is missing', openFresh),
);
durableContract('the IndexedDB store (fake)');
