// Writes to the Firestore of FIRESTORE_EMULATOR_HOST with Google's client: a user comes, one moves, one leaves.
import { Firestore, Timestamp } from '@google-cloud/firestore';

// Otherwise the client looks for Google's cloud around this machine.
process.env.METADATA_SERVER_DETECTION ??= 'none';

const firestore = new Firestore({ projectId: 'demo' });
const users = firestore.collection('users');

const alan = users.doc('alan');
await alan.set({ name: 'Alan', born: Timestamp.fromDate(new Date('1912-06-23')), city: 'London' });
await alan.collection('orders').add({ item: 'Tape', price: 12, for: users.doc('ada') });
await users.doc('grace').update({ city: 'Arlington' });
await users.doc('linus').delete();
await firestore.terminate();
console.log('A user came and ordered something, one moved, one left.');
