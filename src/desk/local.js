// local - what this browser keeps: the key, which it cannot show; what is being written, and
// files, until the desk has them. One IndexedDB database.

const NAME = "communique-desk";

function open() {
	return new Promise((done, failed) => {
		const request = indexedDB.open(NAME, 1);
		request.onupgradeneeded = () => {
			request.result.createObjectStore("keys");
			request.result.createObjectStore("texts");
			request.result.createObjectStore("files");
		};
		request.onsuccess = () => {
			request.result.onclose = () => (database = null); // the browser took it away
			done(request.result);
		};
		request.onerror = () => failed(request.error);
	});
}

let database = null; // a promise

// Strict: the promise is kept when it is on disk, whatever becomes of the browser then.
async function run(store, mode, ask) {
	database ??= open().catch((problem) => {
		database = null; // the next one tries again
		throw problem;
	});
	const transaction = (await database).transaction(store, mode, { durability: "strict" });
	const request = ask(transaction.objectStore(store));
	return new Promise((done, failed) => {
		transaction.oncomplete = () => done(request.result);
		transaction.onabort = () => failed(transaction.error);
	});
}

export const get = (store, name) => run(store, "readonly", (rows) => rows.get(name));
export const all = (store) => run(store, "readonly", (rows) => rows.getAll());
export const put = (store, name, value) => run(store, "readwrite", (rows) => rows.put(value, name));
export const remove = (store, name) => run(store, "readwrite", (rows) => rows.delete(name));

// Asks the browser not to clear this away when it wants room. True: it will not.
export async function askToKeep() {
	return (await navigator.storage?.persist?.()) ?? false;
}

// A writer that is called at each key press: it writes at once, and while it does so only the
// newest of what comes meanwhile is kept for the next time.
export function keeper(store, name) {
	let busy = null, next = null;

	async function work() {
		try {
			while (next) {
				const value = next;
				next = null;
				await put(store, name, value).catch((problem) => {
					if (!next)
						throw problem;
				});
			}
		} finally {
			busy = null; // after a failure, too: the next value may go
		}
	}
	return (value) => {
		next = value;
		busy ??= work();
		return busy;
	};
}
