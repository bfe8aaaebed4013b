import { durableContract } from '#tests/contract/durable.contract.ts';
import { openFresh } from '#tests/contract/fresh-database.ts';
import { storeContract } from '#tests/contract/store.contract.ts';
import { withoutGetAllRecords } from '#tests/contract/without-get-all-records.ts';

storeContract('the IndexedDB store', openFresh);
withoutGetAllRecords(() => storeContract('the IndexedDB store, getAllRecords missing', openFresh));
durableContract('the IndexedDB store');
